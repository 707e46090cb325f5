// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the mounts of this process from proc_pid_mountinfo(5). */
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int POINT = 4;
    private static final int OPTIONS = 5;

    private Mounts() {}

    /** Returns whether no file in a directory may be run or mapped as code; false when unknown. */
    static boolean forbidCode(Path directory) {
        try {
            return forbidCode(directory.toRealPath(), Files.readAllLines(TABLE));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The innermost mount above the directory decides. Of several mounts on one point the last decides, as it hides the
     * others.
     */
    static boolean forbidCode(Path directory, List<String> table) {
        int depth = -1;
        boolean forbids = false;
        for (String line : table) {
            String[] fields = line.split(" ", OPTIONS + 2);
            if (fields.length <= OPTIONS) {
                continue;
            }
            Path point = Path.of(unescaped(fields[POINT]));
            if (directory.startsWith(point) && point.getNameCount() >= depth) {
                depth = point.getNameCount();
                forbids = List.of(fields[OPTIONS].split(",")).contains("noexec");
            }
        }
        return forbids;
    }

    /** Decodes a path: the kernel writes space, tab, newline and backslash in octal. */
    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
