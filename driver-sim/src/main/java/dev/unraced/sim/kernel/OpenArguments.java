// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.OpenFlags.O_ACCMODE;
import static dev.unraced.linux.OpenFlags.O_CLOEXEC;
import static dev.unraced.linux.OpenFlags.O_CREAT;
import static dev.unraced.linux.OpenFlags.O_DIRECTORY;
import static dev.unraced.linux.OpenFlags.O_NOFOLLOW;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_TMPFILE_ALONE;
import static dev.unraced.linux.OpenFlags.RESOLVE_BENEATH;
import static dev.unraced.linux.OpenFlags.RESOLVE_IN_ROOT;

/** build_open_how and build_open_flags of fs/open.c, with x86's values. */
final class OpenArguments {

    /** VALID_OPEN_FLAGS of include/linux/fcntl.h. */
    private static final long VALID = 037777703;

    private static final long PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
    private static final long ALL_PERMISSIONS = 07777;
    private static final long VALID_RESOLVE = 0x3f;

    private OpenArguments() {}

    /**
     * Returns the flags that the kernel makes of the older calls' flags: it ignores unknown bits, and O_PATH overrides
     * others.
     */
    static long flagsOfOldCall(long flags) {
        long valid = flags & VALID;
        return (valid & O_PATH) != 0 ? valid & PATH_FLAGS : valid;
    }

    /** Returns the mode that the kernel makes of the older calls' mode. */
    static int modeOfOldCall(long flags, long mode) {
        return creates(flags) ? (int) (mode & ALL_PERMISSIONS) : 0;
    }

    /** Returns 0, or the error that the kernel answers before it looks at the path. */
    static int check(long flags, long mode, long resolve) {
        boolean valid = (flags & ~VALID) == 0
                && (resolve & ~VALID_RESOLVE) == 0
                && (resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != (RESOLVE_BENEATH | RESOLVE_IN_ROOT)
                && (creates(flags) ? (mode & ~ALL_PERMISSIONS) == 0 : mode == 0)
                // The kernel has refused O_CREAT with O_DIRECTORY since Linux 6.4.
                && (flags & (O_CREAT | O_DIRECTORY)) != (O_CREAT | O_DIRECTORY)
                && isPossibleTemporary(flags)
                && ((flags & O_PATH) == 0 || (flags & ~PATH_FLAGS) == 0);
        return valid ? 0 : EINVAL;
    }

    private static boolean creates(long flags) {
        return (flags & (O_CREAT | O_TMPFILE_ALONE)) != 0;
    }

    /** O_TMPFILE needs O_DIRECTORY and write access. */
    private static boolean isPossibleTemporary(long flags) {
        return (flags & O_TMPFILE_ALONE) == 0 || ((flags & O_DIRECTORY) != 0 && (flags & O_ACCMODE) != 0);
    }
}
