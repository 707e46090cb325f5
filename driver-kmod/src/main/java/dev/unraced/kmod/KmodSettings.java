// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Set;

/** What the driver takes from the configuration of a capture. */
record KmodSettings(
        Mitigation mitigation,
        boolean integrity,
        Set<Syscall> syscalls,
        boolean observeSelf,
        Set<Integer> tgids,
        Set<Long> uids,
        Set<Long> cgroups,
        int ringBytes,
        int stashEntries,
        int stashLongPaths) {
    private static final int SMALLEST_RING = 1 << 16;

    static KmodSettings of(CaptureConfig config) {
        return new KmodSettings(
                config.mitigation(),
                config.integrity(),
                config.syscalls(),
                config.observeSelf(),
                config.tgids(),
                config.uids(),
                config.cgroups(),
                config.ringBytes(),
                config.stashEntries(),
                config.stashLongPaths());
    }

    /** Enough to find out whether a capture could run. */
    static KmodSettings smallest() {
        return new KmodSettings(
                Mitigation.KERNEL,
                true,
                Set.of(Syscall.CONNECT),
                false,
                Set.of(),
                Set.of(),
                Set.of(),
                SMALLEST_RING,
                1,
                1);
    }

    /** Puts all of it into {@code struct unraced_config}. The lists must live until the device has them. */
    void write(ByteBuffer config, ByteBuffer tgidList, ByteBuffer uidList, ByteBuffer cgroupList) {
        config.putInt(DeviceLayout.CONFIG_VERSION, DeviceLayout.VERSION)
                .putInt(DeviceLayout.CONFIG_SIZE_FIELD, DeviceLayout.CONFIG_SIZE)
                .putInt(DeviceLayout.CONFIG_MITIGATION, mitigation.code())
                .putInt(DeviceLayout.CONFIG_INTEGRITY, integrity ? 1 : 0)
                .putInt(
                        DeviceLayout.CONFIG_SYSCALLS,
                        syscalls.stream().mapToInt(call -> 1 << call.code()).sum())
                .putInt(DeviceLayout.CONFIG_FILTERS, filters())
                .putLong(DeviceLayout.CONFIG_RING_BYTES, ringBytes)
                .putInt(DeviceLayout.CONFIG_STASH_ENTRIES, stashEntries)
                .putInt(DeviceLayout.CONFIG_STASH_LONG_ENTRIES, stashLongPaths)
                .putInt(DeviceLayout.CONFIG_TGID_COUNT, tgids.size())
                .putInt(DeviceLayout.CONFIG_UID_COUNT, uids.size())
                .putInt(DeviceLayout.CONFIG_CGROUP_COUNT, cgroups.size())
                .putLong(DeviceLayout.CONFIG_TGIDS, Device.address(tgidList))
                .putLong(DeviceLayout.CONFIG_UIDS, Device.address(uidList))
                .putLong(DeviceLayout.CONFIG_CGROUPS, Device.address(cgroupList));
    }

    private int filters() {
        return (observeSelf ? 0 : DeviceLayout.FILTER_SELF)
                | (tgids.isEmpty() ? 0 : DeviceLayout.FILTER_TGIDS)
                | (uids.isEmpty() ? 0 : DeviceLayout.FILTER_UIDS)
                | (cgroups.isEmpty() ? 0 : DeviceLayout.FILTER_CGROUPS);
    }

    /** A list as the module searches it: 32-bit numbers, rising. */
    static ByteBuffer ints(Collection<? extends Number> numbers) {
        ByteBuffer list = list(numbers.size() * Integer.BYTES);
        numbers.stream().mapToLong(Number::longValue).sorted().forEach(number -> list.putInt((int) number));
        return list;
    }

    /** The same, of 64-bit numbers. */
    static ByteBuffer longs(Collection<Long> numbers) {
        ByteBuffer list = list(numbers.size() * Long.BYTES);
        numbers.stream().mapToLong(Long::longValue).sorted().forEach(list::putLong);
        return list;
    }

    private static ByteBuffer list(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
