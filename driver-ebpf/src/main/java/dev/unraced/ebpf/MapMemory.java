// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

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
}
