// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.settings.CallHooks;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

/** {@code struct unraced_config} of a capture, and the lists that it points to. */
final class DeviceConfig {
    private final ByteBuffer memory = Device.memory(DeviceLayout.CONFIG_SIZE);
    private final DeviceFilters filters;

    DeviceConfig(KmodSettings settings) {
        filters = new DeviceFilters(settings.filters(), settings.observeSelf());
        memory.putInt(DeviceLayout.CONFIG_VERSION, DeviceLayout.VERSION)
                .putInt(DeviceLayout.CONFIG_SIZE_FIELD, DeviceLayout.CONFIG_SIZE)
                .putInt(DeviceLayout.CONFIG_MITIGATION, settings.mitigation().code())
                .putInt(DeviceLayout.CONFIG_INTEGRITY, settings.integrity() ? 1 : 0)
                .putInt(
                        DeviceLayout.CONFIG_SYSCALLS,
                        settings.syscalls().stream()
                                .mapToInt(call -> 1 << call.code())
                                .sum())
                .putLong(DeviceLayout.CONFIG_RING_BYTES, settings.ringBytes())
                .putInt(DeviceLayout.CONFIG_RING_PER_CPU, settings.ringPerCpu() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_ENTER_EVENTS, settings.enterEvents() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_STASH_ENTRIES, settings.stashEntries())
                .putInt(DeviceLayout.CONFIG_STASH_LONG_ENTRIES, settings.stashLongPaths())
                .putInt(DeviceLayout.CONFIG_USER_INTERVAL, settings.limits().userIntervalNanos())
                .putInt(DeviceLayout.CONFIG_CGROUP_INTERVAL, settings.limits().cgroupIntervalNanos())
                .putInt(DeviceLayout.CONFIG_PROCESS_EVENTS, settings.processEvents() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_HOOKS, number(settings.hooks()));
        filters.writeTo(memory, DeviceLayout.CONFIG_LISTS);
    }

    /** Configures an open device, and returns a negated errno on failure. */
    int apply(int fd) {
        try {
            return Device.control(fd, DeviceLayout.CONFIGURE, memory);
        } finally {
            Reference.reachabilityFence(filters);
        }
    }

    /** Returns the bytes of each ring, as the device answered. */
    int ringBytes() {
        return (int) memory.getLong(DeviceLayout.CONFIG_RING_BYTES);
    }

    int ringCount() {
        return (int) memory.getLong(DeviceLayout.CONFIG_RING_COUNT);
    }

    long countersOffset() {
        return memory.getLong(DeviceLayout.CONFIG_COUNTERS_OFFSET);
    }

    long ledgersOffset() {
        return memory.getLong(DeviceLayout.CONFIG_LEDGERS_OFFSET);
    }

    int counterRows() {
        return (int) memory.getLong(DeviceLayout.CONFIG_COUNTER_ROWS);
    }

    /** Returns where the module sees the calls, as it answered. */
    CallHooks hooks() {
        return hooks(memory.getInt(DeviceLayout.CONFIG_HOOKS));
    }

    /** Returns the module's number for hooks: {@code enum unraced_hooks}. */
    static int number(CallHooks hooks) {
        return switch (hooks) {
            case AUTO -> DeviceLayout.HOOKS_AUTO;
            case FUNCTION -> DeviceLayout.HOOKS_FUNCTION;
            case TRACEPOINT -> DeviceLayout.HOOKS_TRACEPOINT;
        };
    }

    /** Returns the hooks that the module has this number for. */
    static CallHooks hooks(int number) {
        return Stream.of(CallHooks.values())
                .filter(hooks -> number(hooks) == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no hooks have the number " + number));
    }

    /** Returns the errno for which the module did not take functions; 0 if it did, or was not to. */
    int hooksErrno() {
        return memory.getInt(DeviceLayout.CONFIG_HOOKS_ERROR);
    }
}
