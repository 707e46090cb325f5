// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;

/** Numbers of the kernel; errnos are negated, as calls return them. */
public final class Results {
    public static final long ENOENT = -Errno.ENOENT;
    public static final long EINTR = -Errno.EINTR;
    public static final long EBADF = -Errno.EBADF;
    public static final long EAGAIN = -Errno.EAGAIN;
    public static final long ENOTDIR = -Errno.ENOTDIR;
    public static final long EISDIR = -Errno.EISDIR;
    public static final long EINVAL = -Errno.EINVAL;
    public static final long ENOTSOCK = -Errno.ENOTSOCK;
    public static final long EINPROGRESS = -Errno.EINPROGRESS;
    /** ERESTARTSYS: a signal came, and the kernel may restart the call. */
    public static final long RESTART = -Errno.ERESTARTSYS;

    public static final long O_CREAT = OpenFlags.O_CREAT;
    public static final long O_TMPFILE = OpenFlags.O_TMPFILE_ALONE;

    public static final int AF_UNIX = Sockaddr.AF_UNIX;
    public static final int SOCK_DGRAM = SocketTypes.SOCK_DGRAM;
    /** The id of the first process, the parent of all that have no other. */
    public static final int INIT = 1;

    private Results() {}
}
