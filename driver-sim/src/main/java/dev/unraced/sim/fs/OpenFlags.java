// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** Flags of open(2), as on x86_64, and the resolve bits of openat2(2). */
public final class OpenFlags {
    public static final int AT_FDCWD = -100;

    public static final long O_RDONLY = 0;
    public static final long O_WRONLY = 01;
    public static final long O_RDWR = 02;
    public static final long O_ACCMODE = 03;
    public static final long O_CREAT = 0100;
    public static final long O_EXCL = 0200;
    public static final long O_NOCTTY = 0400;
    public static final long O_TRUNC = 01000;
    public static final long O_NONBLOCK = 04000;
    public static final long O_DIRECTORY = 0200000;
    public static final long O_NOFOLLOW = 0400000;
    public static final long O_CLOEXEC = 02000000;
    public static final long O_PATH = 010000000;
    /** The bit that O_TMPFILE adds to O_DIRECTORY. */
    public static final long O_TMPFILE_ALONE = 020000000;

    public static final long O_TMPFILE = O_TMPFILE_ALONE | O_DIRECTORY;

    public static final long RESOLVE_NO_XDEV = 0x01;
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    public static final long RESOLVE_BENEATH = 0x08;
    public static final long RESOLVE_IN_ROOT = 0x10;
    /** The tree accepts this flag and ignores it, since everything is in the cache. */
    public static final long RESOLVE_CACHED = 0x20;

    private OpenFlags() {}
}
