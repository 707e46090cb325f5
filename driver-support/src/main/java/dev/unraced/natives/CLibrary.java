// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Finds out which C library this process runs on. */
final class CLibrary {
    private static final Path MAPPED = Path.of("/proc/self/maps");
    /**
     * The names of musl's loader, which is its C library: ld-musl-x86_64.so.1, which Alpine also calls
     * libc.musl-x86_64.so.1, and which on Debian is a link to x86_64-linux-musl/libc.so.
     */
    private static final Pattern MUSL =
            Pattern.compile("/(?:(?:ld-musl-|libc\\.musl-)[^/\\n]*|[^/\\n]*-linux-musl/libc\\.so)$", Pattern.MULTILINE);

    private CLibrary() {}

    /**
     * Returns whether this process runs on musl. A file of musl on the disk proves nothing: other systems can have it
     * installed, too.
     */
    static boolean isMusl() {
        try {
            return isMusl(Files.readString(MAPPED));
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether the mappings of a process, in the format of {@code /proc/PID/maps}, contain musl. */
    static boolean isMusl(String maps) {
        return MUSL.matcher(maps).find();
    }
}
