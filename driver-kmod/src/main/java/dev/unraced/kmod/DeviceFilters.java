// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.EventFilters;
import dev.unraced.event.ByteString;
import dev.unraced.linux.ExecutableFile;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** {@code struct unraced_lists} of some filters, and the lists that it points to. */
final class DeviceFilters {
    private static final Comparator<ExecutableFile> BY_NUMBERS = Comparator.comparing(
                    ExecutableFile::device, Integer::compareUnsigned)
            .thenComparing(ExecutableFile::inode, Long::compareUnsigned);

    private final ByteBuffer memory = Device.memory(DeviceLayout.LISTS_SIZE);
    private final List<ByteBuffer> lists = new ArrayList<>();

    DeviceFilters(EventFilters filters, boolean observeSelf) {
        memory.putInt(DeviceLayout.LISTS_FILTERS, switches(filters, observeSelf));
        List<ByteString> paths = Prefixes.reduce(filters.paths());
        put(
                DeviceLayout.LISTS_TGID_COUNT,
                DeviceLayout.LISTS_TGIDS,
                filters.tgids().size(),
                ints(filters.tgids()));
        put(
                DeviceLayout.LISTS_UID_COUNT,
                DeviceLayout.LISTS_UIDS,
                filters.uids().size(),
                ints(filters.uids()));
        put(
                DeviceLayout.LISTS_CGROUP_COUNT,
                DeviceLayout.LISTS_CGROUPS,
                filters.cgroups().size(),
                longs(filters.cgroups()));
        put(
                DeviceLayout.LISTS_MOUNT_NS_COUNT,
                DeviceLayout.LISTS_MOUNT_NAMESPACES,
                filters.mountNamespaces().size(),
                ints(filters.mountNamespaces()));
        Set<ExecutableFile> files = files(filters);
        put(DeviceLayout.LISTS_EXECUTABLE_COUNT, DeviceLayout.LISTS_EXECUTABLES, files.size(), executables(files));
        put(DeviceLayout.LISTS_PATH_COUNT, DeviceLayout.LISTS_PATHS, paths.size(), Prefixes.encode(paths));
    }

    /** Puts the filters into force in a capture that is under way, and returns a negated errno on failure. */
    int apply(int fd) {
        try {
            return Device.control(fd, DeviceLayout.FILTERS, memory);
        } finally {
            Reference.reachabilityFence(lists);
        }
    }

    /** Writes the structure into a larger one, which holds the addresses of the lists that this object keeps. */
    void writeTo(ByteBuffer config, int at) {
        config.put(at, memory, 0, DeviceLayout.LISTS_SIZE);
    }

    private void put(int countAt, int addressAt, int count, ByteBuffer list) {
        lists.add(list);
        memory.putInt(countAt, count).putLong(addressAt, Device.address(list));
    }

    private static int switches(EventFilters filters, boolean observeSelf) {
        int result = switch (filters.result()) {
            case ALL -> 0;
            case FAILED -> DeviceLayout.FILTER_FAILED;
            case SUCCEEDED -> DeviceLayout.FILTER_SUCCEEDED;
        };
        return result
                | (observeSelf ? 0 : DeviceLayout.FILTER_SELF)
                | bit(filters.tgids(), DeviceLayout.FILTER_TGIDS)
                | bit(filters.uids(), DeviceLayout.FILTER_UIDS)
                | bit(filters.cgroups(), DeviceLayout.FILTER_CGROUPS)
                | bit(filters.mountNamespaces(), DeviceLayout.FILTER_MOUNT_NS)
                | bit(filters.executables(), DeviceLayout.FILTER_EXECUTABLES)
                | bit(filters.paths(), DeviceLayout.FILTER_PATHS);
    }

    private static Set<ExecutableFile> files(EventFilters filters) {
        try {
            return ExecutableFile.all(filters.executables());
        } catch (IOException e) {
            throw new CaptureException("driver kmod: no filter by executable, since " + e.getMessage() + ".", e);
        }
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

    /** Encodes a list for the module's search: {@code struct unraced_executable}, by device and inode. */
    private static ByteBuffer executables(Collection<ExecutableFile> files) {
        ByteBuffer list = Device.memory(files.size() * DeviceLayout.EXECUTABLE_SIZE);
        files.stream()
                .sorted(BY_NUMBERS)
                .forEach(file -> list.putLong(file.inode()).putLong(Integer.toUnsignedLong(file.device())));
        return list;
    }
}
