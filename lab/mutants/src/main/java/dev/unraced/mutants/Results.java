// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.event.Sockaddr;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;

/** Numbers of the kernel; errnos are negated, as calls return them. */
final class Results {
    static final long ENOENT = -Errno.ENOENT;
    static final long EINTR = -Errno.EINTR;
    static final long EBADF = -Errno.EBADF;
    static final long EAGAIN = -Errno.EAGAIN;
    static final long ENOTDIR = -Errno.ENOTDIR;
    static final long EISDIR = -Errno.EISDIR;
    static final long EINVAL = -Errno.EINVAL;
    static final long ENOTSOCK = -Errno.ENOTSOCK;
    static final long EINPROGRESS = -Errno.EINPROGRESS;
    /** ERESTARTSYS: a signal came, and the kernel may restart the call. */
    static final long RESTART = -Errno.ERESTARTSYS;

    static final long O_CREAT = OpenFlags.O_CREAT;
    static final long O_TMPFILE = OpenFlags.O_TMPFILE_ALONE;

    static final int AF_UNIX = Sockaddr.AF_UNIX;
    static final int SOCK_DGRAM = SocketTypes.SOCK_DGRAM;
    /** The id of the first process, the parent of all that have no other. */
    static final int INIT = 1;

    private Results() {}
}
