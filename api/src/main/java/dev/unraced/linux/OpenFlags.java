// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

/**
 * The flags of open(2) and openat2(2), with the values of {@code include/uapi/asm-generic/fcntl.h}, which x86 uses. On
 * arm64 four flags have other values, which end in {@code _ARM64} here.
 */
public final class OpenFlags {
    /** A value in the place of a directory's descriptor: paths start at the working directory. */
    public static final int AT_FDCWD = -100;

    /** A flag of execveat(2) and its like: a symbolic link at the end of the path is not followed. */
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;

    /** A flag of execveat(2) and its like: an empty path stands for the descriptor itself. */
    public static final int AT_EMPTY_PATH = 0x1000;

    /** The bytes of struct open_how of openat2(2): OPEN_HOW_SIZE_VER0 of {@code include/uapi/linux/openat2.h}. */
    public static final int OPEN_HOW_SIZE = 24;

    public static final long O_RDONLY = 0;
    public static final long O_WRONLY = 01;
    public static final long O_RDWR = 02;
    /** The two bits of the access mode. */
    public static final long O_ACCMODE = 03;

    public static final long O_CREAT = 0100;
    public static final long O_EXCL = 0200;
    public static final long O_NOCTTY = 0400;
    public static final long O_TRUNC = 01000;
    public static final long O_APPEND = 02000;
    public static final long O_NONBLOCK = 04000;
    public static final long O_DSYNC = 010000;
    /** FASYNC of the kernel. */
    public static final long O_ASYNC = 020000;

    public static final long O_DIRECT = 040000;
    public static final long O_LARGEFILE = 0100000;
    public static final long O_DIRECTORY = 0200000;
    public static final long O_NOFOLLOW = 0400000;
    public static final long O_NOATIME = 01000000;
    public static final long O_CLOEXEC = 02000000;
    /** It includes the bit of O_DSYNC. */
    public static final long O_SYNC = 04000000 | O_DSYNC;

    public static final long O_PATH = 010000000;
    /** The bit that O_TMPFILE adds to O_DIRECTORY: {@code __O_TMPFILE} of the kernel. */
    public static final long O_TMPFILE_ALONE = 020000000;

    public static final long O_TMPFILE = O_TMPFILE_ALONE | O_DIRECTORY;

    /** The flags by which creat(2) opens. */
    public static final long CREAT_FLAGS = O_CREAT | O_WRONLY | O_TRUNC;

    public static final long O_DIRECT_ARM64 = 0200000;
    public static final long O_LARGEFILE_ARM64 = 0400000;
    public static final long O_DIRECTORY_ARM64 = 040000;
    public static final long O_NOFOLLOW_ARM64 = 0100000;

    /** openat2 stays on one mount. */
    public static final long RESOLVE_NO_XDEV = 0x01;
    /** openat2 follows no magic link of /proc. */
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    /** openat2 follows no symbolic link at all. */
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    /** openat2 stays below the directory that the path starts at. */
    public static final long RESOLVE_BENEATH = 0x08;
    /** openat2 takes the directory that the path starts at for the root. */
    public static final long RESOLVE_IN_ROOT = 0x10;
    /** openat2 fails unless the lookup needs no input and output. */
    public static final long RESOLVE_CACHED = 0x20;

    private OpenFlags() {}
}
