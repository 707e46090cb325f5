// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.EventFilters;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.ByteString;
import dev.unraced.linux.ExecutableFile;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts filters into the maps that the programs read, and changes them while the programs run. Not thread-safe.
 *
 * <p>The value of a key has a bit for each of the latest generations of filters. A change writes the bits of a
 * generation that no program reads, and then puts it into force by one store. The maps keep the generations before, by
 * which the programs judge the calls that were under way; where there is no room for them, the oldest are forgotten.
 */
final class SourceFilters {
    /** The room for changes that each map has at least. */
    private static final int ROOM = 1024;

    private static final int LAST_GENERATION = -1 >>> ControlLayout.FILTER_GENERATION_SHIFT;

    private final BpfObject object;
    private final Control control;
    private final int self;
    private final Map<FilterMap, Map<Object, Integer>> contents = new HashMap<>();
    private final Map<FilterMap, Integer> rooms = new HashMap<>();
    private final @Nullable Found[] generations = new Found[ControlLayout.FILTER_GENERATIONS];
    private int generation;

    SourceFilters(BpfObject object, Control control, boolean observeSelf) {
        this.object = object;
        this.control = control;
        this.self = observeSelf ? 0 : ControlLayout.FILTER_SELF;
    }

    /** Sizes the maps before the object is loaded. */
    static void resize(BpfObject object, EventFilters filters) throws EbpfFailure {
        for (FilterMap map : FilterMap.values()) {
            object.resize(map.mapName, room(map, filters));
        }
    }

    private static int room(FilterMap map, EventFilters filters) {
        // Several paths can lead to one file.
        Collection<?> most =
                map == FilterMap.EXECUTABLES ? filters.executables() : map.keys(new Found(filters, Set.of()));
        return ROOM + most.size();
    }

    /**
     * Filters, and the files that their executables lead to.
     *
     * @param files those of when the filters came into force: a path can lead to another one later
     */
    private record Found(EventFilters filters, Set<ExecutableFile> files) {
        static final Found NONE = new Found(EventFilters.NONE, Set.of());

        static Found of(EventFilters filters) {
            try {
                return new Found(filters, ExecutableFile.all(filters.executables()));
            } catch (IOException e) {
                throw new CaptureException("driver ebpf: no filter by executable, since " + e.getMessage() + ".", e);
            }
        }
    }

    /** Fills the maps before the programs run. */
    void begin(EventFilters filters) throws EbpfFailure {
        for (FilterMap map : FilterMap.values()) {
            rooms.put(map, room(map, filters));
        }
        for (int place = 0; place < generations.length; place++) {
            control.generation(place, ControlLayout.FILTERS_FORGOTTEN);
        }
        Found found = Found.of(filters);
        generations[0] = found;
        fill();
        control.generation(0, word(found, 0));
        control.filters(word(found, 0));
    }

    EventFilters inForce() {
        Found inForce = generations[place(generation)];
        if (inForce == null) {
            throw new IllegalStateException("no filters in force");
        }
        return inForce.filters();
    }

    /** Changes the filters. After a failure they are as they were. */
    void change(EventFilters filters) throws EbpfFailure {
        Found next = Found.of(filters);
        // Zero stands for filters that have never changed.
        int number = generation == LAST_GENERATION ? generations.length : generation + 1;
        forget(place(number));
        makeRoom(next);
        control.filtersChange();
        // Programs that began before the last change may still read the place and the keys that are used again now.
        Machine.awaitGracePeriod();
        boolean changed = false;
        try {
            generations[place(number)] = next;
            removeUnwanted();
            // Programs may still read the values that are used again now.
            Machine.awaitGracePeriod();
            fill();
            changed = true;
        } finally {
            if (changed) {
                generation = number;
                control.generation(place(number), word(next, number));
                control.filters(word(next, number));
            } else {
                generations[place(number)] = null;
            }
            object.run("filters_changed");
        }
    }

    /** Forgets the oldest filters until the maps have room for the next ones. */
    private void makeRoom(Found next) {
        for (FilterMap map : FilterMap.values()) {
            int room = rooms.getOrDefault(map, 0);
            int wanted = wanted(map, next).size();
            for (int age = generations.length - 1; wanted > room && age > 0; age--) {
                forget(place(generation - age));
                wanted = wanted(map, next).size();
            }
            if (wanted > room) {
                throw new CaptureException("driver ebpf has no room for the new filters beside those in force: "
                        + map.mapName.replace('_', ' ') + " are " + wanted + ", and at most " + room
                        + " fit. Open another capture with them.");
            }
        }
    }

    private Set<Object> wanted(FilterMap map, Found next) {
        Set<Object> wanted = new HashSet<>(map.keys(next));
        for (Found filters : generations) {
            if (filters != null) {
                wanted.addAll(map.keys(filters));
            }
        }
        return wanted;
    }

    private void forget(int place) {
        control.generation(place, ControlLayout.FILTERS_FORGOTTEN);
        generations[place] = null;
    }

    private void removeUnwanted() throws EbpfFailure {
        for (FilterMap map : FilterMap.values()) {
            Map<Object, Integer> known = contents(map);
            Set<Object> wanted = wanted(map, Found.NONE);
            for (Object key : Set.copyOf(known.keySet())) {
                if (!wanted.contains(key)) {
                    map.remove(object, key);
                    known.remove(key);
                }
            }
        }
    }

    /** Gives each wanted key its bits. */
    private void fill() throws EbpfFailure {
        for (FilterMap map : FilterMap.values()) {
            Map<Object, Integer> known = contents(map);
            for (Object key : wanted(map, Found.NONE)) {
                int bits = bits(map, key);
                Integer before = known.get(key);
                if (before == null) {
                    map.insert(object, key, bits);
                } else if (before != bits) {
                    map.replace(object, key, bits);
                }
                known.put(key, bits);
            }
        }
    }

    private int bits(FilterMap map, Object key) {
        int bits = 0;
        for (int place = 0; place < generations.length; place++) {
            Found filters = generations[place];
            if (filters != null && map.accepts(filters, key)) {
                bits |= 1 << place;
            }
        }
        return bits;
    }

    private Map<Object, Integer> contents(FilterMap map) {
        return contents.computeIfAbsent(map, absent -> new HashMap<>());
    }

    private int place(int number) {
        return Math.floorMod(number, generations.length);
    }

    /** Returns what the control block says of filters: those that are on, and their generation. */
    private int word(Found filters, int number) {
        int on = self
                | switch (filters.filters().result()) {
                    case ALL -> 0;
                    case FAILED -> ControlLayout.FILTER_FAILED;
                    case SUCCEEDED -> ControlLayout.FILTER_SUCCEEDED;
                };
        for (FilterMap map : FilterMap.values()) {
            on |= map.keys(filters).isEmpty() ? 0 : map.filter;
        }
        return on | number << ControlLayout.FILTER_GENERATION_SHIFT;
    }

    /** The maps of filters, and how their keys look. */
    private enum FilterMap {
        TGIDS(0, "tgids", ControlLayout.FILTER_TGIDS) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.filters().tgids();
            }
        },
        UIDS(1, "uids", ControlLayout.FILTER_UIDS) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.filters().uids();
            }
        },
        CGROUPS(2, "cgroups", ControlLayout.FILTER_CGROUPS) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.filters().cgroups();
            }
        },
        MOUNT_NAMESPACES(3, "mount_namespaces", ControlLayout.FILTER_MOUNT_NS) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.filters().mountNamespaces();
            }
        },
        PATHS(4, "paths", ControlLayout.FILTER_PATHS) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.filters().paths();
            }

            /** A look-up finds the longest start of a path alone, so this one stands for the shorter ones, too. */
            @Override
            boolean accepts(Found filters, Object key) {
                ByteString path = (ByteString) key;
                return filters.filters().acceptsPath(path.toByteArray(), path.length());
            }
        },
        EXECUTABLES(5, "executables", ControlLayout.FILTER_EXECUTABLES) {
            @Override
            Collection<?> keys(Found filters) {
                return filters.files();
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
        abstract Collection<?> keys(Found filters);

        /** Returns whether filters let a key through that is in the map. */
        boolean accepts(Found filters, Object key) {
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
            } else if (key instanceof ExecutableFile file) {
                // struct unraced_executable
                to.setLong(at, file.inode());
                to.setLong(at + Long.BYTES, Integer.toUnsignedLong(file.device()));
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
}
