// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import org.jspecify.annotations.Nullable;

/** A process of a sandbox, as far as frames have told of it. Only the merging thread touches it. */
final class SandboxProcess {
    final int tgid;
    /** The start by the sandbox's clock, by which frames name it. */
    final long wallStart;
    /** The same moment as CLOCK_BOOTTIME, converted once, so that it is the same in all events. */
    final long startNanos;

    /** The number of programs that the process and its ancestors have executed, as far as frames have told. */
    int execId;
    /** Set once a record has this number. */
    boolean isNumberUsed;
    /** The number of threads, or 0 where it is not known: the process was there before, or a frame was dropped. */
    int threads;

    int parentTgid;
    long parentStartNanos;
    int container;
    int uid;
    int gid;
    int effectiveUid;
    int effectiveGid;

    /** An exec that has returned, and waits for the end of the other threads or for its payload point. */
    @Nullable
    PendingExec exec;

    /** Set after an exec of which it is not known which threads it has ended. Calls of those have no key. */
    boolean isUnsure;
    /** Set if that exec was made by the first thread; if not, frames with the first thread's id are of two threads. */
    boolean isByLeader;
    /** Set if the first thread of before that exec has ended since. */
    boolean hasLeaderEnded;

    SandboxProcess(int tgid, long wallStart, long startNanos) {
        this.tgid = tgid;
        this.wallStart = wallStart;
        this.startNanos = startNanos;
    }

    /** An exec between its points. */
    static final class PendingExec {
        /** The thread that executes; afterwards it has the process's id. */
        final int tid;

        /** Set if the payload point came; if it does not, the sentry withheld it. */
        boolean hasPayload;

        long timeNanos;
        byte[] binary = {};
        byte[] path = {};
        byte[] arguments = {};
        long argumentsSize;

        PendingExec(int tid) {
            this.tid = tid;
        }
    }
}
