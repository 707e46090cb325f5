// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The facts about a map that the kernel reports. */
final class MapMemory {
    private static final String MEMLOCK = "memlock:";

    private MapMemory() {}

    /**
     * Returns the kernel's own figure of a map's memory in bytes, from {@code /proc/self/fdinfo}; 0 when the kernel
     * gives none.
     */
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
