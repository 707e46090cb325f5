// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.typesafe.config.Config;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Choices;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.config.RateLimits;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OfferedCalls;
import java.util.List;
import java.util.Set;

/**
 * What the driver takes from the configuration of a capture.
 *
 * @param syscalls those to watch that this machine has
 */
record EbpfSettings(
        String libbpf,
        boolean compat,
        CopyChoice copies,
        boolean perfEvents,
        Mitigation mitigation,
        boolean integrity,
        boolean enterEvents,
        Set<Syscall> syscalls,
        boolean observeSelf,
        EventFilters filters,
        RateLimits limits,
        int ringBytes,
        boolean ringPerCpu,
        int stashEntries,
        int stashLongPaths,
        boolean taskStorage) {
    private static final String EVENTS = "events";
    private static final List<String> TRACEPOINTS = List.of("auto", EVENTS);
    private static final String PER_CPU = "per-cpu";
    private static final List<String> RINGS = List.of("one", PER_CPU);
    private static final String TASK_STORAGE = "task-storage";
    private static final List<String> STASHES = List.of("hash", TASK_STORAGE);
    /** Where a thread can have its place in the stash: so many slots. {@code SLOT_CHOICES} of {@code lib/maps.h}. */
    private static final int SLOT_CHOICES = 4;

    private static final int MOST_SLOTS = 1 << 16;
    private static final int FEWEST_REQUESTS = 1024;
    private static final int SMALLEST_RING = 1 << 16;

    static EbpfSettings of(CaptureConfig config) {
        Config own = config.driver(EbpfDriver.NAME);
        Choices choices = new Choices(config, EbpfDriver.NAME);
        String rings = choices.choice("rings", RINGS);
        String copies = choices.choice("copies", CopyChoice.NAMES);
        String stash = choices.choice("stash", STASHES);
        String tracepoints = choices.choice("tracepoints", TRACEPOINTS);
        choices.check();
        return new EbpfSettings(
                own.hasPath("libbpf") ? own.getString("libbpf") : LibBpf.AUTO,
                !own.hasPath("compat") || own.getBoolean("compat"),
                CopyChoice.of(copies),
                tracepoints.equals(EVENTS),
                config.mitigation(),
                config.integrity(),
                config.enterEvents(),
                OfferedCalls.among(config.syscalls()),
                config.observeSelf(),
                config.filters(),
                config.limits(),
                config.ringBytes(),
                rings.equals(PER_CPU),
                config.stashEntries(),
                config.stashLongPaths(),
                stash.equals(TASK_STORAGE));
    }

    /** Those of this process's own configuration, for questions that come without one. */
    static EbpfSettings configured() {
        try {
            return of(CaptureConfig.load());
        } catch (InvalidConfigException e) {
            return smallest(LibBpf.AUTO, true);
        }
    }

    /** Enough to find out whether a capture could run. */
    static EbpfSettings smallest(String libbpf, boolean compat) {
        return new EbpfSettings(
                libbpf,
                compat,
                CopyChoice.AUTO,
                false,
                Mitigation.STASH,
                true,
                false,
                Set.of(Syscall.CONNECT),
                false,
                EventFilters.NONE,
                RateLimits.NONE,
                SMALLEST_RING,
                false,
                1,
                1,
                false);
    }

    /** The stash's quick part, an array: as many as entries, as a power of two, but not without bound. */
    int stashSlots() {
        int slots = Integer.highestOneBit(Math.max(stashEntries - 1, 1)) << 1;
        return Math.min(MOST_SLOTS, Math.max(SLOT_CHOICES, slots));
    }

    /**
     * Requests of io_urings under way of which the arguments are kept: half as many as calls. An entry is larger than a
     * call's, and few requests open or connect at the same time.
     */
    int requestEntries() {
        return Math.max(stashEntries / 2, Math.min(stashEntries, FEWEST_REQUESTS));
    }

    /** Of them, those with a path that is too long for an ordinary entry. */
    int longRequestEntries() {
        return Math.max(1, stashLongPaths / 2);
    }
}
