// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The mode of a file as stat(2) shows it: its permissions, which chmod(2) sets, and its type. */
public final class FileMode {
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private FileMode() {}

    /**
     * Returns whether a path names a UNIX socket itself. A link to one is none.
     *
     * @throws IOException if there is no such file, or it cannot be looked at
     */
    public static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & S_IFMT) == S_IFSOCK;
    }

    /**
     * Returns the permissions that the lowest nine bits stand for: in octal, one digit each for owner, group, others.
     */
    public static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] fromTheOwnersRead = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < fromTheOwnersRead.length; i++) {
            if ((mode >> (fromTheOwnersRead.length - 1 - i) & 1) != 0) {
                permissions.add(fromTheOwnersRead[i]);
            }
        }
        return permissions;
    }
}
