// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.config.EventFilters;
import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.event.ByteString;
import java.util.Collection;

/** Puts filters into the maps that the programs read. */
final class SourceFilters {
    private static final String TGIDS = "tgids";
    private static final String UIDS = "uids";
    private static final String CGROUPS = "cgroups";
    private static final String MOUNT_NAMESPACES = "mount_namespaces";
    private static final String PATHS = "paths";
    /** Size of the prefix length in bits, which precedes the bytes in a key of {@link #PATHS}. */
    private static final int BITS_SIZE = Integer.BYTES;

    private SourceFilters() {}

    /** Sizes the maps before the object is loaded. */
    static void resize(BpfObject object, EventFilters filters) throws EbpfFailure {
        resize(object, TGIDS, filters.tgids());
        resize(object, UIDS, filters.uids());
        resize(object, CGROUPS, filters.cgroups());
        resize(object, MOUNT_NAMESPACES, filters.mountNamespaces());
        resize(object, PATHS, filters.paths());
    }

    /** Fills the maps, and returns the active filters as the bits of {@code enum unraced_filter}. */
    static int fill(BpfObject object, EventFilters filters) throws EbpfFailure {
        int on = switch (filters.result()) {
            case ALL -> 0;
            case FAILED -> ControlLayout.FILTER_FAILED;
            case SUCCEEDED -> ControlLayout.FILTER_SUCCEEDED;
        };
        for (int tgid : filters.tgids()) {
            insertInt(object.map(TGIDS), tgid);
            on |= ControlLayout.FILTER_TGIDS;
        }
        for (long uid : filters.uids()) {
            insertInt(object.map(UIDS), (int) uid);
            on |= ControlLayout.FILTER_UIDS;
        }
        for (long cgroup : filters.cgroups()) {
            insertLong(object.map(CGROUPS), cgroup);
            on |= ControlLayout.FILTER_CGROUPS;
        }
        for (long namespace : filters.mountNamespaces()) {
            insertInt(object.map(MOUNT_NAMESPACES), (int) namespace);
            on |= ControlLayout.FILTER_MOUNT_NS;
        }
        for (ByteString path : filters.paths()) {
            insertStart(object.map(PATHS), path);
            on |= ControlLayout.FILTER_PATHS;
        }
        return on;
    }

    private static void resize(BpfObject object, String map, Collection<?> entries) throws EbpfFailure {
        object.resize(map, Math.max(1, entries.size()));
    }

    private static void insertInt(int map, int key) throws EbpfFailure {
        try (Memory memory = new Memory(Integer.BYTES)) {
            memory.setInt(0, key);
            insert(map, memory, Integer.toUnsignedString(key));
        }
    }

    private static void insertLong(int map, long key) throws EbpfFailure {
        try (Memory memory = new Memory(Long.BYTES)) {
            memory.setLong(0, key);
            insert(map, memory, Long.toString(key));
        }
    }

    private static void insertStart(int map, ByteString path) throws EbpfFailure {
        try (Memory memory = new Memory(BITS_SIZE + EventFilters.MAX_PATH)) {
            memory.clear();
            memory.setInt(0, path.length() * Byte.SIZE);
            memory.write(BITS_SIZE, path.toByteArray(), 0, path.length());
            insert(map, memory, path.escaped());
        }
    }

    private static void insert(int map, Memory key, String text) throws EbpfFailure {
        try (Memory value = new Memory(1)) {
            value.setByte(0, (byte) 1);
            int error = LibBpf.bpf_map_update_elem(map, key, value, 0);
            if (error != 0) {
                throw new EbpfFailure(Step.LOAD, -error, "filter " + text + ", errno " + Native.getLastError());
            }
        }
    }
}
