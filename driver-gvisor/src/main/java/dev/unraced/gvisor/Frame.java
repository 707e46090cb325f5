// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

/**
 * The content of a frame in plain fields; one object serves all frames. Byte strings are ranges of the frame itself, of
 * length 0 where the sentry sent none.
 */
final class Frame {
    /** The message types of pkg/sentry/seccheck/points/common.proto that the driver reads. */
    static final int CONTAINER_START = 1;

    static final int CLONE = 2;
    static final int TASK_EXIT = 5;
    static final int RAW = 6;
    static final int OPEN = 7;
    static final int CLOSE = 8;
    static final int READ = 9;
    static final int CONNECT = 10;

    int type;
    /** The number of frames that the sandbox has dropped up to this one; it has 32 bits, and wraps. */
    int dropped;

    long timeNanos;
    int tid;
    int tgid;
    long startNanos;
    int containerAt;
    int containerLength;
    int commAt;
    int commLength;
    int uid;
    int gid;

    /** Set if the call has returned. */
    boolean exit;

    long result;
    long errno;
    long sysno;
    /** The descriptor argument: dirfd of an open, the socket of a connect. */
    long fd;

    long flags;
    long mode;
    int fdPathAt;
    int fdPathLength;
    /** The range of the path or the address. */
    int argumentAt;

    int argumentLength;
    /** The registers of a raw point. */
    final long[] args = new long[6];

    int createdTid;
    int createdTgid;
    long cloneFlags;

    void clear() {
        timeNanos = 0;
        tid = 0;
        tgid = 0;
        startNanos = 0;
        containerAt = 0;
        containerLength = 0;
        commAt = 0;
        commLength = 0;
        uid = 0;
        gid = 0;
        exit = false;
        result = 0;
        errno = 0;
        sysno = 0;
        fd = 0;
        flags = 0;
        mode = 0;
        fdPathAt = 0;
        fdPathLength = 0;
        argumentAt = 0;
        argumentLength = 0;
        for (int i = 0; i < args.length; i++) {
            args[i] = 0;
        }
        createdTid = 0;
        createdTgid = 0;
        cloneFlags = 0;
    }

    /** Returns the result as Linux has it: the sentry sends an error number beside a result of 0. */
    long rawResult() {
        return errno == 0 ? result : -errno;
    }
}
