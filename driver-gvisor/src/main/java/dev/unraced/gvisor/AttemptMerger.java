// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static dev.unraced.linux.Errno.EFAULT;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENAMETOOLONG;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.OpenFlags.AT_EMPTY_PATH;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.gvisor.session.Sysno;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one event of an execve or execveat that returns an error (R16.10), from the points of the call: raw ones with
 * its numbers, and payload points for which the sentry reads the path from the application's memory, as {@link Merger}
 * does of the other calls. An exec whose return tells no error is left to {@link ProcessMerger}.
 *
 * <p>One thread at a time. A frame of a thread that is in no such call costs a look at a bit.
 */
final class AttemptMerger {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptMerger.class);

    /** The most calls of one sandbox that are kept with what their entry told; each has up to 4 KiB. */
    private static final int MOST_ATTEMPTS = 1024;
    /** The time limit for the payload point of a return. */
    private static final long PAYLOAD_NANOS = 2_000_000_000L;

    private final Publisher publisher;
    private final ProcessMerger processes;
    private final boolean integrity;
    /** The calls that have returned, in this order, whose payload points may still come. */
    private final Set<ExecAttempt> waiting = new LinkedHashSet<>();

    AttemptMerger(Publisher publisher, ProcessMerger processes, boolean integrity) {
        this.publisher = publisher;
        this.processes = processes;
        this.integrity = integrity;
    }

    /** Looks at a frame before it is merged: a thread that does something else has returned from its last exec. */
    void before(Connection from, Frame frame) {
        SandboxProcesses known = from.processes();
        if (frame.type == Frame.EXEC_CALL && frame.exit) {
            return;
        }
        known.told.clear(frame.tid);
        if (!known.attempting.get(frame.tid)) {
            return;
        }
        ExecAttempt attempt = known.attempts.get(frame.tid);
        // A thread that ends in its call was killed there, and nobody gets a result.
        if (frame.type == Frame.TASK_EXIT || (attempt != null && attempt.hasReturned)) {
            forget(known, frame.tid);
        }
    }

    /** Merges a point of an exec, raw or not. */
    void accept(Connection from, Frame frame, int container, Mitigation mitigation, long now) {
        ExecCall call = Sysno.exec(frame.sysno);
        if (call == ExecCall.UNKNOWN) {
            return;
        }
        from.processes().mayLackExecCalls &= frame.type != Frame.EXEC_CALL;
        if (!frame.exit) {
            entered(from, call, frame, mitigation);
        } else if (frame.errno == 0) {
            forget(from.processes(), frame.tid);
        } else {
            returned(from, call, frame, container, mitigation, now);
        }
    }

    private void entered(Connection from, ExecCall call, Frame frame, Mitigation mitigation) {
        SandboxProcesses known = from.processes();
        ExecAttempt attempt = known.attempts.get(frame.tid);
        boolean isRaw = frame.type == Frame.RAW;
        if (isRaw || attempt == null || !attempt.isOf(call, frame)) {
            forget(known, frame.tid);
            if (known.attempts.size() >= MOST_ATTEMPTS) {
                known.attempting.set(frame.tid);
                return;
            }
            attempt = new ExecAttempt(call, mitigation, frame);
            attempt.enterNanos = frame.timeNanos;
            known.attempt(attempt);
        }
        if (isRaw) {
            attempt.registers(frame);
            return;
        }
        attempt.numbers(frame);
        attempt.hasPayload = true;
        if (attempt.mitigation != Mitigation.OFF && frame.argumentLength > 0) {
            attempt.path(frame, Provenance.ENTER);
        }
    }

    private void returned(Connection from, ExecCall call, Frame frame, int container, Mitigation mitigation, long now) {
        SandboxProcesses known = from.processes();
        ExecAttempt attempt = known.attempts.get(frame.tid);
        boolean isRaw = frame.type == Frame.RAW;
        if (known.told.get(frame.tid)) {
            // The event did not wait so long.
            known.told.clear(frame.tid);
            return;
        }
        if (attempt == null || !attempt.isOf(call, frame)) {
            attempt = missed(known, call, frame, mitigation);
        }
        if (isRaw) {
            attempt.registers(frame);
        } else {
            attempt.numbers(frame);
        }
        if (!attempt.hasReturned && !describe(from, frame, container, attempt)) {
            known.forgetAttempt(frame.tid);
            return;
        }
        if (isRaw) {
            attempt.deadline = now + PAYLOAD_NANOS;
            waiting.add(attempt);
        } else {
            judge(attempt, frame);
            tell(attempt);
            known.forgetAttempt(frame.tid);
        }
    }

    /** Begins a call whose entry is not known. */
    private ExecAttempt missed(SandboxProcesses known, ExecCall call, Frame frame, Mitigation mitigation) {
        // A bit without a call stands for one that had no room.
        boolean isRefused = known.attempting.get(frame.tid) && !known.attempts.containsKey(frame.tid);
        ExecAttempt attempt = new ExecAttempt(call, mitigation, frame);
        if (mitigation != Mitigation.OFF) {
            attempt.flag(EventFlag.ENTER_MISSED);
            if (isRefused) {
                attempt.flag(EventFlag.STASH_FULL);
            }
        }
        forget(known, frame.tid);
        known.attempt(attempt);
        return attempt;
    }

    /** Describes who made a call and how it returned. Returns whether it is known which process that is. */
    private boolean describe(Connection from, Frame frame, int container, ExecAttempt attempt) {
        attempt.connection = from;
        attempt.uid = frame.uid;
        attempt.gid = frame.gid;
        attempt.effectiveUid = frame.effectiveUid;
        attempt.effectiveGid = frame.effectiveGid;
        attempt.container = container;
        attempt.exitNanos = frame.timeNanos;
        attempt.result = (int) frame.rawResult();
        attempt.hasReturned = true;
        return processes.identify(from, frame, attempt);
    }

    /** Compares the path read at the return with the path read at entry. */
    private void judge(ExecAttempt attempt, Frame frame) {
        boolean isRead = frame.argumentLength > 0;
        boolean hasEntered = !attempt.has(EventFlag.ENTER_MISSED) && attempt.mitigation != Mitigation.OFF;
        if (attempt.provenance == Provenance.ENTER) {
            if (isRead && integrity && attempt.differs(frame)) {
                attempt.integrity = Integrity.CHANGED;
            }
            return;
        }
        boolean isTried = hasEntered && attempt.hasPayload;
        if (hasEntered && !attempt.hasPayload) {
            attempt.flag(EventFlag.WITHHELD);
        }
        if (isRead) {
            attempt.path(frame, Provenance.EXIT);
            if (isTried) {
                attempt.flag(EventFlag.FAULTED);
            }
        } else {
            judgeAbsent(attempt, isTried);
        }
    }

    /**
     * Judges a path that was never read: a sentry sends the same for an empty, a too long and a missing one. An empty
     * one is no file (ENOENT), unless AT_EMPTY_PATH allows it; then the call has any result of after the copy of its
     * path, which comes after the look at its flags.
     */
    private static void judgeAbsent(ExecAttempt attempt, boolean isTried) {
        boolean isNull = attempt.hasPointer && attempt.pointer == 0;
        if (!isNull && isEmpty(attempt)) {
            attempt.provenance = isTried ? Provenance.ENTER : Provenance.EXIT;
        } else if (!isNull && attempt.result == -ENAMETOOLONG) {
            attempt.flag(EventFlag.TRUNCATED);
        } else if (isTried) {
            attempt.flag(EventFlag.FAULTED);
        }
    }

    private static boolean isEmpty(ExecAttempt attempt) {
        boolean isCopied = attempt.result != -EFAULT && attempt.result != -ENAMETOOLONG && attempt.result != -EINVAL;
        return attempt.result == -ENOENT || ((attempt.atFlags & AT_EMPTY_PATH) != 0 && isCopied);
    }

    /** Forgets the call of a thread; if it has returned, it gets its event. */
    private void forget(SandboxProcesses known, int tid) {
        ExecAttempt attempt = known.attempts.get(tid);
        if (attempt != null && waiting.contains(attempt)) {
            giveUp(attempt);
        }
        known.forgetAttempt(tid);
    }

    /** Gives up the payload point of a return. */
    private void giveUp(ExecAttempt attempt) {
        attempt.flag(EventFlag.WITHHELD);
        SandboxProcesses known = attempt.connection.processes();
        if (known.mayLackExecCalls) {
            known.mayLackExecCalls = false;
            LOG.warn(
                    "Sandbox {} has told of an exec that failed by numbers alone: if its trace session was made by an"
                            + " earlier version, such execs have no path, and come late. Make the session anew by"
                            + " 'unraced gvisor config --processes'",
                    attempt.connection.number);
        }
        tell(attempt);
    }

    private void tell(ExecAttempt attempt) {
        waiting.remove(attempt);
        publisher.attempted(attempt);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Gives up payload points once their time is over. */
    void expire(long now) {
        for (ExecAttempt first = first(); first != null && first.deadline - now <= 0; first = first()) {
            giveUp(first);
            SandboxProcesses known = first.connection.processes();
            known.forgetAttempt(first.tid);
            known.told.set(first.tid);
        }
    }

    private @Nullable ExecAttempt first() {
        return waiting.isEmpty() ? null : waiting.iterator().next();
    }

    /** A frame was dropped, which may have told of a return: what is known of an entry may be of another call. */
    void uncertain(Connection from) {
        SandboxProcesses known = from.processes();
        known.attempts.values().removeIf(attempt -> !attempt.hasReturned);
        known.attempting.clear();
        known.attempts.keySet().forEach(known.attempting::set);
    }

    /** The stream of a sandbox ends. */
    void end(Connection from) {
        from.processes().attempts.values().stream().filter(waiting::contains).forEach(this::giveUp);
        from.processes().forgetAttempts();
    }

    /** The capture ends. */
    void end() {
        for (ExecAttempt first = first(); first != null; first = first()) {
            giveUp(first);
            first.connection.processes().forgetAttempt(first.tid);
        }
    }
}
