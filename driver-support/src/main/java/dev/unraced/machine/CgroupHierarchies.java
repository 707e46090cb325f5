// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The hierarchies of cgroups that this machine has, by proc_pid_mountinfo(5). */
public final class CgroupHierarchies {
    private static final String SEPARATOR = " - ";

    private CgroupHierarchies() {}

    /** It is read once: a machine does not change from one version of cgroups to the other while it runs. */
    private static final class OfThisMachine {
        static final @Nullable String REASON = read();

        private static @Nullable String read() {
            try {
                return againstContainers(Files.readAllBytes(Path.of("/proc/self/mountinfo")));
            } catch (IOException e) {
                return null;
            }
        }
    }

    /** Returns why the path of a cgroup tells no container on this machine, or null where it does. */
    public static @Nullable String againstContainers() {
        return OfThisMachine.REASON;
    }

    static @Nullable String againstContainers(byte[] mounts) {
        List<String> types = Stream.of(new String(mounts, StandardCharsets.ISO_8859_1).split("\n"))
                .filter(line -> line.contains(SEPARATOR))
                .map(line -> line.substring(line.indexOf(SEPARATOR) + SEPARATOR.length()))
                .map(rest -> rest.split(" ", 2)[0])
                .toList();
        return types.contains("cgroup") && !types.contains("cgroup2")
                ? "this machine has hierarchies of cgroup v1 alone, where runtimes put containers, and events name"
                        + " cgroups of v2"
                : null;
    }
}
