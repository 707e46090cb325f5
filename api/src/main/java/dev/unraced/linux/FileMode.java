// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The permissions of a file as chmod(2) has them. */
public final class FileMode {
    private FileMode() {}

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
