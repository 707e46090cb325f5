// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

/** Numbers of the kernel's interface, as on x86_64 and arm64. */
final class Linux {
    /**
     * Set on arm64, where {@code arch/arm64/include/uapi/asm/fcntl.h} defines four O_ flags otherwise than
     * {@code asm-generic/fcntl.h}.
     */
    private static final boolean IS_ARM64 = "aarch64".equals(System.getProperty("os.arch"));

    static final int AT_FDCWD = -100;

    static final long O_RDONLY = 0;
    static final long O_WRONLY = 01;
    static final long O_RDWR = 02;
    static final long O_CREAT = 0100;
    static final long O_EXCL = 0200;
    static final long O_TRUNC = 01000;
    static final long O_NONBLOCK = 04000;
    static final long O_DIRECTORY = IS_ARM64 ? 040000 : 0200000;
    static final long O_NOFOLLOW = IS_ARM64 ? 0100000 : 0400000;
    static final long O_CLOEXEC = 02000000;
    static final long O_PATH = 010000000;
    /** O_TMPFILE of the kernel's headers, which includes O_DIRECTORY. */
    static final long O_TMPFILE = 020000000 | O_DIRECTORY;

    static final long RESOLVE_NO_SYMLINKS = 0x04;
    static final long RESOLVE_BENEATH = 0x08;
    /** {@code sizeof(struct open_how)}. */
    static final int HOW_SIZE = 24;

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;

    /** A bit of {@code revents} of poll(2). */
    static final long POLLOUT = 4;

    static final long ENOENT = -2;
    static final long EINTR = -4;
    static final long EBADF = -9;
    static final long EFAULT = -14;
    static final long EEXIST = -17;
    static final long ENOTDIR = -20;
    static final long EISDIR = -21;
    static final long EINVAL = -22;
    static final long ENAMETOOLONG = -36;
    static final long ELOOP = -40;
    static final long ENOTSOCK = -88;
    static final long EAFNOSUPPORT = -97;
    static final long EISCONN = -106;
    static final long ECANCELED = -125;
    static final long ECONNREFUSED = -111;
    static final long EALREADY = -114;
    static final long EINPROGRESS = -115;
    /**
     * A result inside the kernel: it restarts the call when the handler's flags allow it. User space sees EINTR, or
     * nothing.
     */
    static final long ERESTARTSYS = -512;

    private Linux() {}
}
