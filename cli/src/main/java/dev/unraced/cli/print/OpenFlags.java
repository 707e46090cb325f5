// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import static java.util.Map.entry;

import java.util.List;

/**
 * The names of O_* and RESOLVE_* bits. Four O_* bits differ between architectures: x86 takes them from
 * {@code include/uapi/asm-generic/fcntl.h}, arm64 from its own {@code uapi/asm/fcntl.h}.
 */
public final class OpenFlags {
    /** The flags of x86, with its 64-bit and 32-bit conventions. */
    public static final OpenFlags X86 = new OpenFlags(040000, 0100000, 0200000, 0400000);
    /** The flags of arm64. */
    public static final OpenFlags ARM64 = new OpenFlags(0200000, 0400000, 040000, 0100000);

    /** The names of the access modes, by their two bits. */
    private static final String[] ACCESS = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};

    private static final long ACCESS_MASK = 03;
    private static final long O_CREAT = 0100;
    private static final long TMPFILE = 020000000;

    private static final Bits RESOLVE = new Bits(List.of(
            entry("RESOLVE_NO_XDEV", 0x01L),
            entry("RESOLVE_NO_MAGICLINKS", 0x02L),
            entry("RESOLVE_NO_SYMLINKS", 0x04L),
            entry("RESOLVE_BENEATH", 0x08L),
            entry("RESOLVE_IN_ROOT", 0x10L),
            entry("RESOLVE_CACHED", 0x20L)));

    private final Bits open;

    private OpenFlags(long direct, long largeFile, long directory, long noFollow) {
        open = new Bits(List.of(
                entry("O_CREAT", O_CREAT),
                entry("O_EXCL", 0200L),
                entry("O_NOCTTY", 0400L),
                entry("O_TRUNC", 01000L),
                entry("O_APPEND", 02000L),
                entry("O_NONBLOCK", 04000L),
                entry("O_SYNC", 04010000L),
                entry("O_DSYNC", 010000L),
                entry("O_ASYNC", 020000L),
                entry("O_DIRECT", direct),
                entry("O_LARGEFILE", largeFile),
                entry("O_TMPFILE", TMPFILE | directory),
                entry("O_DIRECTORY", directory),
                entry("O_NOFOLLOW", noFollow),
                entry("O_NOATIME", 01000000L),
                entry("O_CLOEXEC", 02000000L),
                entry("O_PATH", 010000000L)));
    }

    /** Returns the flags of the machine that this runs on. */
    public static OpenFlags ofThisMachine() {
        return "aarch64".equals(System.getProperty("os.arch")) ? ARM64 : X86;
    }

    /** Returns whether the kernel uses the mode argument with these flags. */
    static boolean useMode(long flags) {
        return (flags & (O_CREAT | TMPFILE)) != 0;
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
