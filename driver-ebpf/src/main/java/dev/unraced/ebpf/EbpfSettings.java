// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.config.RateLimits;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.machine.OfferedCalls;
import dev.unraced.settings.CallHooks;
import dev.unraced.settings.Choices;
import java.util.List;
import java.util.Set;

/**
 * The settings of this driver from the configuration of a capture.
 *
 * @param snapshots whether calls that enter in mode kernel are snapshotted as well
 * @param hooks where calls are seen; AUTO before a capture has found out
 * @param syscalls the calls to watch that this machine has
 */
record EbpfSettings(
        String libbpf,
        boolean compat,
        CopyChoice copies,
        boolean snapshots,
        CallHooks hooks,
        boolean perfEvents,
        Mitigation mitigation,
        boolean integrity,
        boolean enterEvents,
        boolean processEvents,
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
    /** The number of slots in which a thread can stash its call: {@code SLOT_CHOICES} of {@code lib/maps.h}. */
    private static final int SLOT_CHOICES = 4;

    private static final int MOST_SLOTS = 1 << 16;
    private static final int FEWEST_SLOTS = 1024;
    private static final int FEWEST_REQUESTS = 1024;
    private static final int SMALLEST_RING = 1 << 16;

    static EbpfSettings of(CaptureConfig config) {
        ConfigSection own = config.section(EbpfDriver.NAME);
        Choices choices = new Choices(config, EbpfDriver.NAME);
        String rings = choices.choice("rings", RINGS);
        String copies = choices.choice("copies", CopyChoice.NAMES);
        String stash = choices.choice("stash", STASHES);
        String hooks = choices.choice("hooks", CallHooks.NAMES);
        String tracepoints = choices.choice("tracepoints", TRACEPOINTS);
        choices.check();
        return new EbpfSettings(
                own.has("libbpf") ? own.string("libbpf") : LibBpf.AUTO,
                !own.has("compat") || own.flag("compat"),
                CopyChoice.of(copies),
                !own.has("snapshots") || own.flag("snapshots"),
                CallHooks.of(hooks),
                tracepoints.equals(EVENTS),
                config.mitigation(),
                config.integrity(),
                config.enterEvents(),
                config.processEvents(),
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

    /** Returns the settings of this process's own configuration, for queries without a configuration. */
    static EbpfSettings configured() {
        try {
            return of(CaptureConfig.load());
        } catch (InvalidConfigException e) {
            return smallest(LibBpf.AUTO, true);
        }
    }

    /** Returns the smallest settings that show whether a capture could run. */
    static EbpfSettings smallest(String libbpf, boolean compat) {
        return new EbpfSettings(
                libbpf,
                compat,
                CopyChoice.AUTO,
                true,
                CallHooks.TRACEPOINT,
                false,
                Mitigation.STASH,
                true,
                false,
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

    /** Returns these settings with other hooks. */
    EbpfSettings with(CallHooks other) {
        return new EbpfSettings(
                libbpf,
                compat,
                copies,
                snapshots,
                other,
                perfEvents,
                mitigation,
                integrity,
                enterEvents,
                processEvents,
                syscalls,
                observeSelf,
                filters,
                limits,
                ringBytes,
                ringPerCpu,
                stashEntries,
                stashLongPaths,
                taskStorage);
    }

    /** Returns whether calls are seen at the kernel's functions. */
    boolean isAtFunctions() {
        return hooks == CallHooks.FUNCTION;
    }

    /** Returns the object file with the programs. */
    String object() {
        return isAtFunctions() ? "unraced-functions.bpf.o" : Tracepoints.of(perfEvents).object;
    }

    /**
     * Returns the number of slots in the array, the fast part of the stash: a power of two, within bounds. Calls that
     * find none free go to a map that has room for all entries; so an eighth is enough, unless the stash is small.
     */
    int stashSlots() {
        int entries = Integer.highestOneBit(Math.max(stashEntries - 1, 1)) << 1;
        int slots = Math.max(entries / 8, Math.min(entries, FEWEST_SLOTS));
        return Math.min(MOST_SLOTS, Math.max(SLOT_CHOICES, slots));
    }

    /**
     * Returns the number of pending io_uring requests whose arguments are kept: half as many as calls. An entry is
     * larger than a call's, and few requests open or connect at the same time.
     */
    int requestEntries() {
        return Math.max(stashEntries / 2, Math.min(stashEntries, FEWEST_REQUESTS));
    }

    /** Returns the number of those requests whose path is too long for an ordinary entry. */
    int longRequestEntries() {
        return Math.max(1, stashLongPaths / 2);
    }
}
