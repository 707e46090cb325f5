// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;

/**
 * The numbers of {@code dev.unraced.linux} as the kit compares them: flags of the machine that this runs on, and errnos
 * negated, as calls return them.
 */
final class Linux {
    /**
     * Set on arm64, where {@code arch/arm64/include/uapi/asm/fcntl.h} defines four O_ flags otherwise than
     * {@code asm-generic/fcntl.h}.
     */
    private static final boolean IS_ARM64 = "aarch64".equals(System.getProperty("os.arch"));

    static final int AT_FDCWD = OpenFlags.AT_FDCWD;

    static final long O_RDONLY = OpenFlags.O_RDONLY;
    static final long O_WRONLY = OpenFlags.O_WRONLY;
    static final long O_RDWR = OpenFlags.O_RDWR;
    static final long O_CREAT = OpenFlags.O_CREAT;
    static final long O_EXCL = OpenFlags.O_EXCL;
    static final long O_TRUNC = OpenFlags.O_TRUNC;
    static final long O_NONBLOCK = OpenFlags.O_NONBLOCK;
    static final long O_DIRECTORY = IS_ARM64 ? OpenFlags.O_DIRECTORY_ARM64 : OpenFlags.O_DIRECTORY;
    static final long O_NOFOLLOW = IS_ARM64 ? OpenFlags.O_NOFOLLOW_ARM64 : OpenFlags.O_NOFOLLOW;
    static final long O_CLOEXEC = OpenFlags.O_CLOEXEC;
    static final long O_PATH = OpenFlags.O_PATH;
    /** O_TMPFILE of the kernel's headers, which includes O_DIRECTORY. */
    static final long O_TMPFILE = OpenFlags.O_TMPFILE_ALONE | O_DIRECTORY;

    static final long RESOLVE_NO_SYMLINKS = OpenFlags.RESOLVE_NO_SYMLINKS;
    static final long RESOLVE_BENEATH = OpenFlags.RESOLVE_BENEATH;
    /** {@code sizeof(struct open_how)}. */
    static final int HOW_SIZE = 24;

    static final int AF_UNIX = Sockaddr.AF_UNIX;
    static final int AF_INET = Sockaddr.AF_INET;
    static final int AF_INET6 = Sockaddr.AF_INET6;
    static final int SOCK_STREAM = SocketTypes.SOCK_STREAM;
    static final int SOCK_DGRAM = SocketTypes.SOCK_DGRAM;

    /** A bit of {@code revents} of poll(2). */
    static final long POLLOUT = 4;

    static final long ENOENT = -Errno.ENOENT;
    static final long EINTR = -Errno.EINTR;
    static final long EBADF = -Errno.EBADF;
    static final long EFAULT = -Errno.EFAULT;
    static final long EEXIST = -Errno.EEXIST;
    static final long ENOTDIR = -Errno.ENOTDIR;
    static final long EISDIR = -Errno.EISDIR;
    static final long EINVAL = -Errno.EINVAL;
    static final long ENAMETOOLONG = -Errno.ENAMETOOLONG;
    static final long ELOOP = -Errno.ELOOP;
    static final long ENOTSOCK = -Errno.ENOTSOCK;
    static final long EAFNOSUPPORT = -Errno.EAFNOSUPPORT;
    static final long EISCONN = -Errno.EISCONN;
    static final long ECANCELED = -Errno.ECANCELED;
    static final long ECONNREFUSED = -Errno.ECONNREFUSED;
    static final long EALREADY = -Errno.EALREADY;
    static final long EINPROGRESS = -Errno.EINPROGRESS;
    /**
     * A result inside the kernel: it restarts the call when the handler's flags allow it. User space sees EINTR, or
     * nothing.
     */
    static final long ERESTARTSYS = -Errno.ERESTARTSYS;

    private Linux() {}
}
