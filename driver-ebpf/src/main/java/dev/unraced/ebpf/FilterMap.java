// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.config.EventFilters;
import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.event.ByteString;
import java.util.Collection;

/** The maps of filters, and how their keys look. */
enum FilterMap {
    TGIDS(0, "tgids", ControlLayout.FILTER_TGIDS) {
        @Override
        Collection<?> keys(EventFilters filters) {
            return filters.tgids();
        }
    },
    UIDS(1, "uids", ControlLayout.FILTER_UIDS) {
        @Override
        Collection<?> keys(EventFilters filters) {
            return filters.uids();
        }
    },
    CGROUPS(2, "cgroups", ControlLayout.FILTER_CGROUPS) {
        @Override
        Collection<?> keys(EventFilters filters) {
            return filters.cgroups();
        }
    },
    MOUNT_NAMESPACES(3, "mount_namespaces", ControlLayout.FILTER_MOUNT_NS) {
        @Override
        Collection<?> keys(EventFilters filters) {
            return filters.mountNamespaces();
        }
    },
    PATHS(4, "paths", ControlLayout.FILTER_PATHS) {
        @Override
        Collection<?> keys(EventFilters filters) {
            return filters.paths();
        }

        /** A look-up finds the longest start of a path alone, so this one stands for the shorter ones, too. */
        @Override
        boolean accepts(EventFilters filters, Object key) {
            ByteString path = (ByteString) key;
            return filters.acceptsPath(path.toByteArray(), path.length());
        }
    };

    /** Size of the prefix length in bits, which precedes the bytes in a key of {@link #PATHS}. */
    private static final int BITS_SIZE = Integer.BYTES;

    private static final int KEY_SIZE = BITS_SIZE + EventFilters.MAX_PATH;

    // The fields of struct filter_change.
    private static final int CHANGE_MAP = 0;
    private static final int CHANGE_GENERATIONS = 4;
    private static final int CHANGE_KEY = 8;
    private static final int CHANGE_SIZE = 272;

    private static final int NEW_ONLY = 1;

    /** The number of {@code enum filter_map} of {@code maps.h}. */
    private final int number;

    final String mapName;
    /** The bit of {@code enum unraced_filter}. */
    final int filter;

    FilterMap(int number, String mapName, int filter) {
        this.number = number;
        this.mapName = mapName;
        this.filter = filter;
    }

    /** Returns the keys of some filters. */
    abstract Collection<?> keys(EventFilters filters);

    /** Returns whether filters let a key through that is in the map. */
    boolean accepts(EventFilters filters, Object key) {
        return keys(filters).contains(key);
    }

    void insert(BpfObject object, Object key, int value) throws EbpfFailure {
        try (Memory memory = new Memory(KEY_SIZE);
                Memory bits = new Memory(1)) {
            write(memory, 0, key);
            bits.setByte(0, (byte) value);
            check(update(object.map(mapName), memory, bits, NEW_ONLY), key);
        }
    }

    /** Replaces the value of a key that is in the map, by one store. */
    void replace(BpfObject object, Object key, int value) throws EbpfFailure {
        try (Memory which = new Memory(Integer.BYTES);
                Memory change = new Memory(CHANGE_SIZE)) {
            which.setInt(0, 0);
            change.clear();
            change.setInt(CHANGE_MAP, number);
            change.setInt(CHANGE_GENERATIONS, value);
            write(change, CHANGE_KEY, key);
            check(update(object.map("filter_change"), which, change, 0), key);
            object.run("change_filter");
        }
    }

    void remove(BpfObject object, Object key) throws EbpfFailure {
        try (Memory memory = new Memory(KEY_SIZE)) {
            write(memory, 0, key);
            check(delete(object.map(mapName), memory), key);
        }
    }

    private static int update(int map, Memory key, Memory value, int flags) {
        return LibBpf.bpf_map_update_elem(map, key, value, flags);
    }

    private static int delete(int map, Memory key) {
        return LibBpf.bpf_map_delete_elem(map, key);
    }

    private static void write(Memory to, int at, Object key) {
        if (key instanceof ByteString path) {
            to.setMemory(at, KEY_SIZE, (byte) 0);
            to.setInt(at, path.length() * Byte.SIZE);
            to.write(at + BITS_SIZE, path.toByteArray(), 0, path.length());
        } else {
            // A key of 32 bits is the lower half; all machines that the driver runs on are little-endian.
            to.setLong(at, ((Number) key).longValue());
        }
    }

    private void check(int error, Object key) throws EbpfFailure {
        if (error != 0) {
            String text = key instanceof ByteString path ? path.escaped() : key.toString();
            throw new EbpfFailure(Step.LOAD, -error, "filter " + text + ", errno " + Native.getLastError());
        }
    }
}
