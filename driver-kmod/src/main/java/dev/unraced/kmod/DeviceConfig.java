// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.config.EventFilters;
import dev.unraced.event.ByteString;
import dev.unraced.settings.CallHooks;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** {@code struct unraced_config} of a capture, and the lists that it points to. */
final class DeviceConfig {
    private final ByteBuffer memory = Device.memory(DeviceLayout.CONFIG_SIZE);
    private final List<ByteBuffer> lists = new ArrayList<>();

    DeviceConfig(KmodSettings settings) {
        EventFilters filters = settings.filters();
        memory.putInt(DeviceLayout.CONFIG_VERSION, DeviceLayout.VERSION)
                .putInt(DeviceLayout.CONFIG_SIZE_FIELD, DeviceLayout.CONFIG_SIZE)
                .putInt(DeviceLayout.CONFIG_MITIGATION, settings.mitigation().code())
                .putInt(DeviceLayout.CONFIG_INTEGRITY, settings.integrity() ? 1 : 0)
                .putInt(
                        DeviceLayout.CONFIG_SYSCALLS,
                        settings.syscalls().stream()
                                .mapToInt(call -> 1 << call.code())
                                .sum())
                .putInt(DeviceLayout.CONFIG_FILTERS, switches(settings))
                .putLong(DeviceLayout.CONFIG_RING_BYTES, settings.ringBytes())
                .putInt(DeviceLayout.CONFIG_RING_PER_CPU, settings.ringPerCpu() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_ENTER_EVENTS, settings.enterEvents() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_STASH_ENTRIES, settings.stashEntries())
                .putInt(DeviceLayout.CONFIG_STASH_LONG_ENTRIES, settings.stashLongPaths())
                .putInt(DeviceLayout.CONFIG_USER_INTERVAL, settings.limits().userIntervalNanos())
                .putInt(DeviceLayout.CONFIG_CGROUP_INTERVAL, settings.limits().cgroupIntervalNanos())
                .putInt(DeviceLayout.CONFIG_PROCESS_EVENTS, settings.processEvents() ? 1 : 0)
                .putInt(DeviceLayout.CONFIG_HOOKS, number(settings.hooks()));
        List<ByteString> paths = Prefixes.reduce(filters.paths());
        put(
                DeviceLayout.CONFIG_TGID_COUNT,
                DeviceLayout.CONFIG_TGIDS,
                filters.tgids().size(),
                ints(filters.tgids()));
        put(
                DeviceLayout.CONFIG_UID_COUNT,
                DeviceLayout.CONFIG_UIDS,
                filters.uids().size(),
                ints(filters.uids()));
        put(
                DeviceLayout.CONFIG_CGROUP_COUNT,
                DeviceLayout.CONFIG_CGROUPS,
                filters.cgroups().size(),
                longs(filters.cgroups()));
        put(
                DeviceLayout.CONFIG_MOUNT_NS_COUNT,
                DeviceLayout.CONFIG_MOUNT_NAMESPACES,
                filters.mountNamespaces().size(),
                ints(filters.mountNamespaces()));
        put(DeviceLayout.CONFIG_PATH_COUNT, DeviceLayout.CONFIG_PATHS, paths.size(), Prefixes.encode(paths));
    }

    /** Configures an open device, and returns a negated errno on failure. */
    int apply(int fd) {
        try {
            return Device.control(fd, DeviceLayout.CONFIGURE, memory);
        } finally {
            Reference.reachabilityFence(lists);
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

    long stashBytes() {
        return memory.getLong(DeviceLayout.CONFIG_STASH_BYTES);
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

    private void put(int countAt, int addressAt, int count, ByteBuffer list) {
        lists.add(list);
        memory.putInt(countAt, count).putLong(addressAt, Device.address(list));
    }

    private static int switches(KmodSettings settings) {
        EventFilters filters = settings.filters();
        int result = switch (filters.result()) {
            case ALL -> 0;
            case FAILED -> DeviceLayout.FILTER_FAILED;
            case SUCCEEDED -> DeviceLayout.FILTER_SUCCEEDED;
        };
        return result
                | (settings.observeSelf() ? 0 : DeviceLayout.FILTER_SELF)
                | bit(filters.tgids(), DeviceLayout.FILTER_TGIDS)
                | bit(filters.uids(), DeviceLayout.FILTER_UIDS)
                | bit(filters.cgroups(), DeviceLayout.FILTER_CGROUPS)
                | bit(filters.mountNamespaces(), DeviceLayout.FILTER_MOUNT_NS)
                | bit(filters.paths(), DeviceLayout.FILTER_PATHS);
    }

    private static int bit(Collection<?> list, int bit) {
        return list.isEmpty() ? 0 : bit;
    }

    /** Encodes a list for the module's search: unsigned 32-bit numbers in rising order. */
    private static ByteBuffer ints(Collection<? extends Number> numbers) {
        ByteBuffer list = Device.memory(numbers.size() * Integer.BYTES);
        numbers.stream().mapToLong(Number::longValue).sorted().forEach(number -> list.putInt((int) number));
        return list;
    }

    /** Encodes a list for the module's search: 64-bit numbers in rising order. */
    private static ByteBuffer longs(Collection<Long> numbers) {
        ByteBuffer list = Device.memory(numbers.size() * Long.BYTES);
        numbers.stream().mapToLong(Long::longValue).sorted().forEach(list::putLong);
        return list;
    }
}
