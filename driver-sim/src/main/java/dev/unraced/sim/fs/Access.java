// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EACCES;

import dev.unraced.linux.OpenFlags;

/** Access checks by owner, group and others. */
final class Access {
    static final int EXEC = 1;
    static final int WRITE = 2;
    static final int READ = 4;

    private Access() {}

    /** generic_permission() of fs/namei.c, without ACLs. */
    static boolean permits(FsCaller caller, Inode inode, int mask) {
        int mode = inode.mode();
        int bits;
        if (caller.uid() == inode.uid()) {
            bits = mode >> 6;
        } else if (caller.gid() == inode.gid()) {
            bits = mode >> 3;
        } else {
            bits = mode;
        }
        return (mask & ~bits & 7) == 0 || caller.privileged();
    }

    static void check(FsCaller caller, Inode inode, int mask) throws FsException {
        if (!permits(caller, inode, mask)) {
            throw FsException.of(EACCES);
        }
    }

    /** Returns the access that an open asks for: ACC_MODE of fs/open.c. */
    static int ofOpen(long flags) {
        int mask = switch ((int) (flags & OpenFlags.O_ACCMODE)) {
            case 0 -> READ;
            case 1 -> WRITE;
            default -> READ | WRITE;
        };
        return (flags & OpenFlags.O_TRUNC) == 0 ? mask : mask | WRITE;
    }
}
