// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

/** Numbers of the kernel; errnos are negated, as calls return them. */
final class Results {
    static final long ENOENT = -2;
    static final long EINTR = -4;
    static final long EBADF = -9;
    static final long EAGAIN = -11;
    static final long ENOTDIR = -20;
    static final long EISDIR = -21;
    static final long EINVAL = -22;
    static final long ENOTSOCK = -88;
    static final long EINPROGRESS = -115;
    /** ERESTARTSYS: a signal came, and the kernel may restart the call. */
    static final long RESTART = -512;

    static final long O_CREAT = 0100;
    static final long O_TMPFILE = 020000000;

    static final int AF_UNIX = 1;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    /** The id of the first process, the parent of all that have no other. */
    static final int INIT = 1;

    private Results() {}
}
