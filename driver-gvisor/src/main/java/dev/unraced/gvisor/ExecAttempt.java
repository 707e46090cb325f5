// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import java.util.Arrays;

/** An execve or execveat of a thread, as far as frames have told of it. Only the merging thread touches it. */
final class ExecAttempt {
    /** The most bytes of a path that are kept: one more than a record takes. */
    private static final int LONGEST = RecordLayout.PATH_MAX + 1;

    final ExecCall call;
    final Mitigation mitigation;

    /** The caller. */
    Connection connection = Connection.NONE;

    final int tid;

    final int tgid;
    /** The start of the thread, by which two threads with the same id are told apart. */
    final long startNanos;

    int uid;
    int gid;
    int effectiveUid;
    int effectiveGid;
    int container;
    /** The start of the process, CLOCK_BOOTTIME, and how many programs it has executed. */
    long processStartNanos;

    int execId;
    int parentTgid;
    long parentStartNanos;

    long enterNanos;
    long exitNanos;
    int result;
    int flags;
    /** The pointer to the path; only raw points have it. */
    long pointer;

    boolean hasPointer;
    int dirfd = AT_FDCWD;
    int atFlags;

    byte[] path = {};
    Provenance provenance = Provenance.NONE;
    Integrity integrity = Integrity.UNCHECKED;

    /** Set if the payload point at entry came, even without a path. */
    boolean hasPayload;
    /** Set if the call has returned, and its event waits for the payload point of the return. */
    boolean hasReturned;
    /** The time at which the event does not wait any longer, in the terms of System.nanoTime. */
    long deadline;

    ExecAttempt(ExecCall call, Mitigation mitigation, Frame frame) {
        this.call = call;
        this.mitigation = mitigation;
        this.tid = frame.tid;
        this.tgid = frame.tgid;
        this.startNanos = frame.startNanos;
    }

    /** Returns whether a frame is of this call, as far as one can tell. */
    boolean isOf(ExecCall other, Frame frame) {
        return call == other && tgid == frame.tgid && startNanos == frame.startNanos;
    }

    /** Reads the registers of a raw point. */
    void registers(Frame frame) {
        long[] args = frame.args;
        hasPointer = true;
        if (call == ExecCall.EXECVEAT) {
            dirfd = (int) args[0];
            pointer = args[1];
            atFlags = (int) args[4];
        } else {
            pointer = args[0];
        }
    }

    /** Reads the numbers of a payload point. */
    void numbers(Frame frame) {
        if (call == ExecCall.EXECVEAT) {
            dirfd = (int) frame.fd;
            atFlags = (int) frame.flags;
        }
    }

    /** Takes a frame's path, if it has one. */
    void path(Frame frame, Provenance where) {
        int from = frame.argumentAt;
        path = Arrays.copyOfRange(frame.bytes, from, from + Math.min(frame.argumentLength, LONGEST));
        provenance = where;
        if (path.length > RecordLayout.PATH_MAX) {
            flag(EventFlag.TRUNCATED);
        }
    }

    /** Returns whether a frame has another path than this call. */
    boolean differs(Frame frame) {
        int from = frame.argumentAt;
        int length = Math.min(frame.argumentLength, LONGEST);
        return Arrays.mismatch(path, 0, path.length, frame.bytes, from, from + length) >= 0;
    }

    void flag(EventFlag flag) {
        flags |= flag.mask();
    }

    boolean has(EventFlag flag) {
        return (flags & flag.mask()) != 0;
    }
}
