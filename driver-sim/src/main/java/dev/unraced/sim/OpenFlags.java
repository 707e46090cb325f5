// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

/** The flags of open(2) and openat2(2), with x86's values; {@code include/uapi/asm-generic/fcntl.h}. */
public final class OpenFlags {
    /** A value in the place of a directory's descriptor: paths start at the working directory. */
    public static final int AT_FDCWD = -100;

    public static final long O_RDONLY = 0;
    public static final long O_WRONLY = 01;
    public static final long O_RDWR = 02;
    public static final long O_CREAT = 0100;
    public static final long O_EXCL = 0200;
    public static final long O_TRUNC = 01000;
    public static final long O_APPEND = 02000;
    public static final long O_NONBLOCK = 04000;
    public static final long O_DIRECTORY = 0200000;
    public static final long O_NOFOLLOW = 0400000;
    public static final long O_CLOEXEC = 02000000;
    public static final long O_PATH = 010000000;

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

    private OpenFlags() {}
}
