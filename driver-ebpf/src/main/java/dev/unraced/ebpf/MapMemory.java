// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be learned of a map from outside. */
final class MapMemory {
    private static final String MEMLOCK = "memlock:";

    private MapMemory() {}

    /** The kernel's own figure of a map's memory in bytes, from {@code /proc/self/fdinfo}; 0 when it gives none. */
    static long bytes(int map) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + map))) {
                if (line.startsWith(MEMLOCK)) {
                    return Long.parseLong(line.substring(MEMLOCK.length()).strip());
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /** Counts a hash map's entries by walking it: exact at rest, close while calls run. */
    static long entries(int map, int keyBytes, int capacity) {
        try (Memory key = new Memory(keyBytes);
                Memory next = new Memory(keyBytes)) {
            long count = 0;
            boolean first = true;
            // A key that is deleted during the walk starts it anew, hence the bound.
            while (count < capacity && LibBpf.bpf_map_get_next_key(map, first ? null : key, next) == 0) {
                count++;
                first = false;
                key.write(0, next.getByteArray(0, keyBytes), 0, keyBytes);
            }
            return count;
        }
    }
}
