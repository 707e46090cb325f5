// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Which C library this process runs on. */
final class CLibrary {
    private static final Path MAPPED = Path.of("/proc/self/maps");
    /**
     * musl's loader is its C library: ld-musl-x86_64.so.1, which Alpine also calls libc.musl-x86_64.so.1, and which
     * with Debian is a link to x86_64-linux-musl/libc.so.
     */
    private static final Pattern MUSL =
            Pattern.compile("/(?:(?:ld-musl-|libc\\.musl-)[^/\\n]*|[^/\\n]*-linux-musl/libc\\.so)$", Pattern.MULTILINE);

    private CLibrary() {}

    /** A file of musl on the disk proves nothing: other systems can have it installed, too. */
    static boolean isMusl() {
        try {
            return isMusl(Files.readString(MAPPED));
        } catch (IOException e) {
            return false;
        }
    }

    /** As a process's {@code /proc/PID/maps} tells. */
    static boolean isMusl(String maps) {
        return MUSL.matcher(maps).find();
    }
}
