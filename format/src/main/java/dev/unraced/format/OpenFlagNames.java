// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.linux.OpenFlags.O_ACCMODE;
import static dev.unraced.linux.OpenFlags.O_APPEND;
import static dev.unraced.linux.OpenFlags.O_ASYNC;
import static dev.unraced.linux.OpenFlags.O_CLOEXEC;
import static dev.unraced.linux.OpenFlags.O_CREAT;
import static dev.unraced.linux.OpenFlags.O_DIRECT;
import static dev.unraced.linux.OpenFlags.O_DIRECTORY;
import static dev.unraced.linux.OpenFlags.O_DIRECTORY_ARM64;
import static dev.unraced.linux.OpenFlags.O_DIRECT_ARM64;
import static dev.unraced.linux.OpenFlags.O_DSYNC;
import static dev.unraced.linux.OpenFlags.O_EXCL;
import static dev.unraced.linux.OpenFlags.O_LARGEFILE;
import static dev.unraced.linux.OpenFlags.O_LARGEFILE_ARM64;
import static dev.unraced.linux.OpenFlags.O_NOATIME;
import static dev.unraced.linux.OpenFlags.O_NOCTTY;
import static dev.unraced.linux.OpenFlags.O_NOFOLLOW;
import static dev.unraced.linux.OpenFlags.O_NOFOLLOW_ARM64;
import static dev.unraced.linux.OpenFlags.O_NONBLOCK;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_SYNC;
import static dev.unraced.linux.OpenFlags.O_TMPFILE_ALONE;
import static dev.unraced.linux.OpenFlags.O_TRUNC;
import static dev.unraced.linux.OpenFlags.RESOLVE_BENEATH;
import static dev.unraced.linux.OpenFlags.RESOLVE_CACHED;
import static dev.unraced.linux.OpenFlags.RESOLVE_IN_ROOT;
import static dev.unraced.linux.OpenFlags.RESOLVE_NO_MAGICLINKS;
import static dev.unraced.linux.OpenFlags.RESOLVE_NO_SYMLINKS;
import static dev.unraced.linux.OpenFlags.RESOLVE_NO_XDEV;
import static java.util.Map.entry;

import java.util.List;

/**
 * The names of O_* and RESOLVE_* bits. Four O_* bits differ between architectures: x86 takes them from
 * {@code include/uapi/asm-generic/fcntl.h}, arm64 from its own {@code uapi/asm/fcntl.h}.
 */
public final class OpenFlagNames {
    /** The flags of x86, with its 64-bit and 32-bit conventions. */
    public static final OpenFlagNames X86 = new OpenFlagNames(O_DIRECT, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW);
    /** The flags of arm64. */
    public static final OpenFlagNames ARM64 =
            new OpenFlagNames(O_DIRECT_ARM64, O_LARGEFILE_ARM64, O_DIRECTORY_ARM64, O_NOFOLLOW_ARM64);

    /** The names of the access modes, by their two bits. */
    private static final String[] ACCESS = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};

    private static final long ACCESS_MASK = O_ACCMODE;

    private static final Bits RESOLVE = new Bits(List.of(
            entry("RESOLVE_NO_XDEV", RESOLVE_NO_XDEV),
            entry("RESOLVE_NO_MAGICLINKS", RESOLVE_NO_MAGICLINKS),
            entry("RESOLVE_NO_SYMLINKS", RESOLVE_NO_SYMLINKS),
            entry("RESOLVE_BENEATH", RESOLVE_BENEATH),
            entry("RESOLVE_IN_ROOT", RESOLVE_IN_ROOT),
            entry("RESOLVE_CACHED", RESOLVE_CACHED)));

    private final Bits open;

    private OpenFlagNames(long direct, long largeFile, long directory, long noFollow) {
        open = new Bits(List.of(
                entry("O_CREAT", O_CREAT),
                entry("O_EXCL", O_EXCL),
                entry("O_NOCTTY", O_NOCTTY),
                entry("O_TRUNC", O_TRUNC),
                entry("O_APPEND", O_APPEND),
                entry("O_NONBLOCK", O_NONBLOCK),
                entry("O_SYNC", O_SYNC),
                entry("O_DSYNC", O_DSYNC),
                entry("O_ASYNC", O_ASYNC),
                entry("O_DIRECT", direct),
                entry("O_LARGEFILE", largeFile),
                entry("O_TMPFILE", O_TMPFILE_ALONE | directory),
                entry("O_DIRECTORY", directory),
                entry("O_NOFOLLOW", noFollow),
                entry("O_NOATIME", O_NOATIME),
                entry("O_CLOEXEC", O_CLOEXEC),
                entry("O_PATH", O_PATH)));
    }

    /** Returns the flags of the machine that this runs on. */
    public static OpenFlagNames ofThisMachine() {
        return "aarch64".equals(System.getProperty("os.arch")) ? ARM64 : X86;
    }

    /** Returns whether the kernel uses the mode argument with these flags. */
    static boolean useMode(long flags) {
        return (flags & (O_CREAT | O_TMPFILE_ALONE)) != 0;
    }

    /** Appends {@code O_RDWR|O_CREAT}, and the RESOLVE_* bits after them. */
    void text(LineBuffer out, long flags, long resolve) {
        out.put(ACCESS[(int) (flags & ACCESS_MASK)]);
        open.text(out, flags & ~ACCESS_MASK);
        RESOLVE.text(out, resolve);
    }

    /** Appends a JSON array of O_* names. */
    void json(LineBuffer out, long flags) {
        out.put("[\"").put(ACCESS[(int) (flags & ACCESS_MASK)]).put('"');
        open.json(out, flags & ~ACCESS_MASK, false);
        out.put(']');
    }

    /** Appends a JSON array of RESOLVE_* names. */
    static void resolveJson(LineBuffer out, long resolve) {
        out.put('[');
        RESOLVE.json(out, resolve, true);
        out.put(']');
    }
}
