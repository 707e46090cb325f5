// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import com.typesafe.config.Config;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.Set;

/** The settings of a capture. Immutable and thread-safe. */
public final class CaptureConfig {
    private final Config config;

    CaptureConfig(Config config) {
        this.config = config;
    }

    /** Names of the drivers to try, in order. */
    public List<String> drivers() {
        return config.getStringList("driver");
    }

    /** The mode at the start. */
    public Mitigation mitigation() {
        return Mitigation.STASH;
    }

    /** The calls to watch; at least one. */
    public Set<Syscall> syscalls() {
        return Set.of(Syscall.values());
    }

    /** Whether the capturing process's own calls are events too. */
    public boolean observeSelf() {
        return false;
    }

    /** Thread groups to watch; empty for all. */
    public Set<Integer> tgids() {
        return Set.of();
    }

    /** Real user ids to watch; empty for all. */
    public Set<Long> uids() {
        return Set.of();
    }

    /** Cgroup ids to watch; empty for all. */
    public Set<Long> cgroups() {
        return Set.of();
    }

    /** Size of the ring between kernel and reader, in bytes; a power of two. */
    public int ringBytes() {
        return 1 << 24;
    }

    /** Entries of the stash: how many threads can be in a watched call at once. */
    public int stashEntries() {
        return 8192;
    }

    /** Entries of the stash for paths that are too long for its ordinary entries. */
    public int stashLongPaths() {
        return 256;
    }

    /** The settings of one driver alone, with its own keys, such as {@code libbpf} of {@code unraced.ebpf}. */
    public Config driver(String name) {
        return config.getConfig(name);
    }
}
