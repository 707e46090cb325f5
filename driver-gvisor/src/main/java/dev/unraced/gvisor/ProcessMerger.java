// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.event.Mitigation;
import dev.unraced.gvisor.SandboxProcess.PendingExec;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes process events from the points of processes (R16.1), and tells which program makes a call.
 *
 * <p>The payload point of an exec (sentry/execve) comes before the exec is certain: the call can still fail, and the
 * other threads of the process still run the program before. So the exec counts from the return of its call on, or from
 * the end of the last other thread. A return without a payload point means that the sentry withheld it, since an
 * argument is no UTF-8. Newer sentries send the payload point after the return.
 *
 * <p>One thread at a time. A look-up for a call allocates nothing.
 */
final class ProcessMerger {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMerger.class);

    private static final int CLONE_PARENT = 0x8000;
    /** The most execs of one sandbox that are kept until they are certain; each has up to some 8 KiB. */
    private static final int MOST_EXECS = 1024;
    /** The time that a returned exec waits for a payload point. */
    private static final long PAYLOAD_NANOS = 200_000_000L;

    /** Stands for a program that is not known; no process has this number. */
    private static final int NO_PROGRAM = -1;

    /** A process stays at this number, since none may come again; calls of its programs from then on have no key. */
    static final int LAST_NUMBER = Integer.MAX_VALUE;

    private static final byte[] NOTHING = {};

    private final Publisher publisher;
    private final AttemptMerger attempts;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** A returned exec without a payload point. */
    private record Waiting(Connection from, SandboxProcess process, PendingExec exec, long deadline) {}

    /**
     * Makes a merger.
     *
     * @param integrity whether the path of an exec that failed is compared with the memory at the return
     */
    ProcessMerger(Publisher publisher, boolean integrity) {
        this.publisher = publisher;
        this.attempts = new AttemptMerger(publisher, this, integrity);
    }

    /** Returns whether an exec waits for a payload point. */
    boolean isWaiting() {
        return !waiting.isEmpty() || attempts.isWaiting();
    }

    /** Takes execs without a payload point for withheld, once their time is over. */
    void expire(long now) {
        attempts.expire(now);
        for (Waiting first = waiting.peek(); first != null && first.deadline - now <= 0; first = waiting.peek()) {
            waiting.remove();
            giveUp(first);
        }
    }

    /** Gives up the payload point of an exec. */
    private void giveUp(Waiting one) {
        if (one.process.exec == one.exec) {
            execute(one.from, one.process, one.exec);
        }
    }

    /** Looks at a frame before it is merged: a thread that goes on after its exec runs the new program. */
    void before(Connection from, Frame frame) {
        attempts.before(from, frame);
        SandboxProcess process = known(from, frame);
        if (process == null || process.exec == null || isOfReturn(frame)) {
            return;
        }
        PendingExec exec = process.exec;
        if (process.threads <= 1 ? frame.tid == exec.tid || frame.tid == frame.tgid : isKilled(process, frame)) {
            if (process.threads <= 1) {
                execute(from, process, exec);
            } else {
                from.processes().returned(process, null);
            }
        }
    }

    /** Returns whether a frame can follow the raw point of an exec's return while its program is not told yet. */
    private static boolean isOfReturn(Frame frame) {
        return frame.type == Frame.EXEC || (frame.type == Frame.EXEC_CALL && frame.exit);
    }

    /** Returns whether a frame is the end of a thread that waited in its exec for the others to end. */
    private static boolean isKilled(SandboxProcess process, Frame frame) {
        return frame.type == Frame.TASK_EXIT && process.exec != null && frame.tid == process.exec.tid;
    }

    /** The first process of a container is there, with its program, and has not run yet. */
    void started(Connection from, Frame frame, int container) {
        if (frame.tgid == 0 || frame.groupStartNanos == 0) {
            return;
        }
        SandboxProcess process = replace(from, frame.tgid, frame.groupStartNanos);
        process.threads = 1;
        remember(process, frame, container);
        execute(from, process, payload(frame));
    }

    /** A process or a thread was made; the frame's thread is its maker. */
    void cloned(Connection from, Frame frame, int container) {
        SandboxProcess forker = process(from, frame);
        if (forker == null) {
            return;
        }
        remember(forker, frame, container);
        if (frame.createdTgid == frame.tgid) {
            forker.threads += forker.threads > 0 ? 1 : 0;
            return;
        }
        SandboxProcess child = replace(from, frame.createdTgid, frame.createdStartNanos);
        child.threads = 1;
        child.execId = isCertain(forker, frame.tid) ? forker.execId : 0;
        child.isNumberUsed = true;
        if ((frame.cloneFlags & CLONE_PARENT) == 0) {
            child.parentTgid = forker.tgid;
            child.parentStartNanos = forker.startNanos;
        } else {
            child.parentTgid = forker.parentTgid;
            child.parentStartNanos = forker.parentStartNanos;
        }
        remember(child, frame, container);
        publisher.forked(from, frame.timeNanos, child, forker);
    }

    /** The payload point of an exec (R16.2). */
    void exec(Connection from, Frame frame, int container) {
        SandboxProcess process = process(from, frame);
        if (process == null) {
            return;
        }
        remember(process, frame, container);
        PendingExec returned = process.exec;
        // If several threads execute at once, one that has left its call may have returned before another.
        boolean hasReturned = !from.processes().attempting.get(frame.tid);
        if (returned != null && !returned.hasPayload && (returned.tid == frame.tid || hasReturned)) {
            from.processes().returned(process, payload(frame));
            executeIfAlone(from, process);
        } else if (from.processes().keptExecs() < MOST_EXECS) {
            from.processes().execs.put(frame.tid, payload(frame));
        }
    }

    /**
     * A point of an execve or execveat.
     *
     * @param mitigation the mode of a call that enters
     */
    void called(Connection from, Frame frame, int container, Mitigation mitigation, long now) {
        attempts.accept(from, frame, container, mitigation, now);
        if (!frame.exit) {
            // A payload point that is left is of an exec before, and came when nothing waited for it any more.
            from.processes().execs.remove(frame.tid);
        } else if (frame.type == Frame.RAW) {
            returned(from, frame, container, now);
        }
    }

    /** The return of an exec: of one that succeeds, too, since the new program does not run before it. */
    private void returned(Connection from, Frame frame, int container, long now) {
        PendingExec exec = from.processes().execs.remove(frame.tid);
        SandboxProcess process = process(from, frame);
        if (process == null || frame.errno != 0) {
            return;
        }
        remember(process, frame, container);
        if (exec == null) {
            if (isToldOfAnother(process, frame)) {
                return;
            }
            exec = new PendingExec(frame.tid);
            exec.timeNanos = frame.timeNanos;
        }
        from.processes().returned(process, exec);
        executeIfAlone(from, process);
        awaitPayload(from, process, now);
    }

    /** Returns whether a payload point has told that another thread of the process executes, which ends this one. */
    private static boolean isToldOfAnother(SandboxProcess process, Frame frame) {
        return process.exec != null && process.exec.hasPayload && process.exec.tid != frame.tid;
    }

    private void awaitPayload(Connection from, SandboxProcess process, long now) {
        PendingExec exec = process.exec;
        if (exec != null && !exec.hasPayload && process.threads <= 1) {
            waiting.add(new Waiting(from, process, exec, now + PAYLOAD_NANOS));
        }
    }

    private void executeIfAlone(Connection from, SandboxProcess process) {
        PendingExec exec = process.exec;
        if (exec != null && exec.hasPayload && process.threads <= 1) {
            execute(from, process, exec);
        }
    }

    /** A process runs a new program from here on. */
    private void execute(Connection from, SandboxProcess process, PendingExec exec) {
        from.processes().returned(process, null);
        number(process);
        process.isNumberUsed = true;
        process.isUnsure = process.threads == 0;
        process.isByLeader = exec.tid == process.tgid;
        process.hasLeaderEnded = false;
        process.threads = 1;
        publisher.executed(from, exec, process, parentOf(from, process));
    }

    /** Gives the program that a process runs from now on the next number. */
    private static void number(SandboxProcess process) {
        process.execId += process.execId == LAST_NUMBER ? 0 : 1;
    }

    /** A thread ends; with the last one its process (R16.4). */
    void ended(Connection from, Frame frame, int container, long now) {
        from.processes().execs.remove(frame.tid);
        SandboxProcess process = process(from, frame);
        if (process == null) {
            return;
        }
        remember(process, frame, container);
        if (process.isUnsure && !(process.isByLeader && frame.tid == frame.tgid)) {
            process.hasLeaderEnded |= frame.tid == frame.tgid;
        } else if (process.threads > 1) {
            process.threads--;
            executeIfAlone(from, process);
            awaitPayload(from, process, now);
        } else if (process.threads == 1) {
            from.processes().remove(process);
            publisher.exited(
                    from, frame.timeNanos, process, parentOf(from, process), frame.tid, frame.exitStatus, false);
        }
    }

    /**
     * A frame was dropped, which may have told of a thread or of an exec. No process is known to run the program that
     * it ran before, so it gets a number that no record has, unless it has one already.
     */
    void uncertain(Connection from) {
        attempts.uncertain(from);
        from.processes().execs.clear();
        from.processes().forEach(process -> {
            process.threads = 0;
            if (process.isNumberUsed) {
                number(process);
                process.isNumberUsed = false;
            }
            PendingExec exec = process.exec;
            if (exec != null) {
                execute(from, process, exec);
            }
        });
    }

    /**
     * The stream of a sandbox ends, and with it what is known of its processes.
     *
     * @param wallNanos the time at which the processes end, or 0 when only the capture does
     */
    void end(Connection from, long wallNanos) {
        attempts.end(from);
        waiting.stream().filter(one -> one.from == from).forEach(this::giveUp);
        waiting.removeIf(one -> one.from == from);
        if (wallNanos == 0) {
            return;
        }
        from.processes()
                .forEach(process ->
                        publisher.exited(from, wallNanos, process, parentOf(from, process), process.tgid, 0, true));
    }

    /** The capture ends. */
    void end() {
        attempts.end();
        waiting.forEach(this::giveUp);
        waiting.clear();
    }

    /** Sets the key of the program that makes a call (R16.6). */
    void identify(Connection from, Frame frame, RecordBuilder record) {
        SandboxProcess process = process(from, frame);
        if (process != null && isCertain(process, frame.tid)) {
            record.processStartNanos = process.startNanos;
            record.execId = process.execId;
            process.isNumberUsed = true;
        }
    }

    /** Sets of an exec that failed who made it, and which program. Returns whether the process is known. */
    boolean identify(Connection from, Frame frame, ExecAttempt attempt) {
        SandboxProcess process = process(from, frame);
        if (process == null) {
            return false;
        }
        SandboxProcess parent = parentOf(from, process);
        attempt.processStartNanos = process.startNanos;
        attempt.execId = isCertain(process, frame.tid) ? process.execId : NO_PROGRAM;
        process.isNumberUsed = true;
        attempt.parentTgid = parent == null ? 0 : parent.tgid;
        attempt.parentStartNanos = parent == null ? 0 : parent.startNanos;
        return true;
    }

    /** Returns whether it is known which program a thread runs. */
    private static boolean isCertain(SandboxProcess process, int tid) {
        if (process.isUnsure && tid == process.tgid && (process.isByLeader || process.hasLeaderEnded)) {
            // The others ended before this thread could go on.
            process.isUnsure = false;
        }
        return !process.isUnsure && process.execId != LAST_NUMBER;
    }

    /** Returns the parent, or null where it is not known: an orphan's new one is not told. */
    private static @Nullable SandboxProcess parentOf(Connection from, SandboxProcess process) {
        SandboxProcess parent = from.processes().get(process.parentTgid);
        return parent != null && parent.startNanos == process.parentStartNanos ? parent : null;
    }

    private static @Nullable SandboxProcess known(Connection from, Frame frame) {
        SandboxProcess process = from.processes().get(frame.tgid);
        return process != null && process.wallStart == frame.groupStartNanos ? process : null;
    }

    /** Returns the process of a frame, if need be a new one of which nothing else is known. */
    private @Nullable SandboxProcess process(Connection from, Frame frame) {
        SandboxProcess known = known(from, frame);
        if (known != null) {
            return known;
        }
        if (frame.groupStartNanos != 0) {
            return frame.tgid == 0 ? null : replace(from, frame.tgid, frame.groupStartNanos);
        }
        if (!from.processes().isWarnedOf) {
            from.processes().isWarnedOf = true;
            LOG.warn(
                    "The trace session of sandbox {} was made without process events, so there are none of it. Make the"
                            + " session anew by 'unraced gvisor config --processes'",
                    from.number);
        }
        return null;
    }

    private SandboxProcess replace(Connection from, int tgid, long wallStart) {
        SandboxProcess process = new SandboxProcess(tgid, wallStart, publisher.bootNanos(wallStart));
        from.processes().put(process);
        return process;
    }

    private static void remember(SandboxProcess process, Frame frame, int container) {
        process.container = container;
        process.uid = frame.uid;
        process.gid = frame.gid;
        process.effectiveUid = frame.effectiveUid;
        process.effectiveGid = frame.effectiveGid;
    }

    private static PendingExec payload(Frame frame) {
        PendingExec exec = new PendingExec(frame.tid);
        exec.hasPayload = true;
        exec.timeNanos = frame.timeNanos;
        exec.binary = part(frame.bytes, frame.binaryAt, frame.binaryLength);
        exec.path = part(frame.bytes, frame.argumentAt, frame.argumentLength);
        exec.arguments = Arrays.copyOf(frame.arguments, (int) Math.min(frame.argumentsSize, frame.arguments.length));
        exec.argumentsSize = frame.argumentsSize;
        return exec;
    }

    private static byte[] part(byte[] bytes, int at, int length) {
        return length == 0 ? NOTHING : Arrays.copyOfRange(bytes, at, at + length);
    }
}
