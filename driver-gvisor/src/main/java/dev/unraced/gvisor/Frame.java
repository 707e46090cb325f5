// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.event.ProcessLayout;

/**
 * The content of a frame in plain fields; one object serves all frames. Byte strings are ranges of the frame itself, of
 * length 0 where the sentry sent none.
 */
final class Frame {
    /** The message types of pkg/sentry/seccheck/points/common.proto that the driver reads. */
    static final int CONTAINER_START = 1;

    static final int CLONE = 2;
    static final int EXEC = 3;
    static final int TASK_EXIT = 5;
    static final int RAW = 6;
    static final int OPEN = 7;
    static final int CLOSE = 8;
    static final int READ = 9;
    static final int CONNECT = 10;
    /** An execve or execveat, whether it succeeds or fails; {@link #EXEC} is of one that has loaded its program. */
    static final int EXEC_CALL = 11;

    /** The frame itself. */
    byte[] bytes = {};

    int type;
    /** The number of frames that the sandbox has dropped up to this one; it has 32 bits, and wraps. */
    int dropped;

    long timeNanos;
    int tid;
    int tgid;
    long startNanos;
    /** The start of the thread group; 0 where the session does not ask for it. */
    long groupStartNanos;

    int containerAt;
    int containerLength;
    int commAt;
    int commLength;
    int uid;
    int gid;
    int effectiveUid;
    int effectiveGid;

    /** Set if the call has returned. */
    boolean exit;

    long result;
    long errno;
    long sysno;
    /** The descriptor argument: dirfd of an open or an execveat, the socket of a connect. */
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
    long createdStartNanos;
    long cloneFlags;
    int exitStatus;
    /** The range of the path of a program's file. */
    int binaryAt;

    int binaryLength;
    /** The arguments of a program, each with a NUL at its end, as far as an event has room, and their size in all. */
    final byte[] arguments = new byte[ProcessLayout.ARGUMENTS_MAX];

    long argumentsSize;

    void clear() {
        timeNanos = 0;
        tid = 0;
        tgid = 0;
        startNanos = 0;
        groupStartNanos = 0;
        containerAt = 0;
        containerLength = 0;
        commAt = 0;
        commLength = 0;
        uid = 0;
        gid = 0;
        effectiveUid = 0;
        effectiveGid = 0;
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
        createdStartNanos = 0;
        cloneFlags = 0;
        exitStatus = 0;
        binaryAt = 0;
        binaryLength = 0;
        argumentsSize = 0;
    }

    /** Adds an argument of a program, as far as there is room. */
    void addArgument(byte[] bytes, int at, int length) {
        int room = (int) Math.max(0, arguments.length - argumentsSize);
        int taken = Math.min(length, room);
        System.arraycopy(bytes, at, arguments, arguments.length - room, taken);
        if (length < room) {
            arguments[arguments.length - room + length] = 0;
        }
        argumentsSize += length + 1L;
    }

    /** Returns the result as Linux has it: the sentry sends an error number beside a result of 0. */
    long rawResult() {
        return errno == 0 ? result : -errno;
    }
}
