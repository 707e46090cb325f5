// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.linux.Errno.ECANCELED;
import static dev.unraced.linux.Errno.EINTR;
import static dev.unraced.linux.Errno.ERESTARTSYS;

import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.net.ConnectAttempt;
import dev.unraced.sim.net.Network;
import java.util.Objects;
import java.util.function.Consumer;

/** Takes the steps of calls and requests, from entry to return, and notifies observers. */
final class CallRunner {
    private final VirtualClock clock;
    private final TaskTable tasks;
    private final Observers observers;
    private final IoUring ring;
    private final OpenSteps opens;
    private final ConnectSteps connects;
    private final Consumer<OpenFile> closed;
    private boolean looksTakeSteps;

    /**
     * Creates a runner.
     *
     * @param closed called with a file whose last reference a call dropped
     */
    CallRunner(
            VirtualClock clock,
            TaskTable tasks,
            Observers observers,
            IoUring ring,
            FileTree files,
            Network network,
            Consumer<OpenFile> closed) {
        this.clock = clock;
        this.tasks = tasks;
        this.observers = observers;
        this.ring = ring;
        this.opens = new OpenSteps(files);
        this.connects = new ConnectSteps(network);
        this.closed = closed;
    }

    void looksTakeSteps(boolean on) {
        looksTakeSteps = on;
    }

    boolean canStep(Task task) {
        Call call = task.call;
        if (call == null || task.dead) {
            return false;
        }
        return call.next != CallStep.WAIT || task.pending != Signal.NONE || canGoOn(call);
    }

    /** Takes the next step of a task that can take one. */
    CallStep step(Task task) {
        Call call = Objects.requireNonNull(task.call);
        clock.step();
        if (task.pending == Signal.VANISH) {
            CallStep missed = call.next;
            vanish(task, call);
            return missed;
        }
        if (looksTakeSteps
                && (call.unnotified || call.next == CallStep.EXIT)
                && observers.look(call.caller(task), call)) {
            return CallStep.LOOK;
        }
        if (call.unnotified) {
            notifyOfWork(task, call);
            if (ring.putAside(task, call)) {
                return CallStep.LOOK;
            }
        }
        CallStep taken = advance(task, call);
        ring.putAside(task, call);
        return taken;
    }

    private CallStep advance(Task task, Call call) {
        CallStep taken = call.next;
        switch (taken) {
            case ENTER -> enter(task, call);
            case COPY_HOW -> {
                call.next = copied(call, opens.copyHow(task, call), CallStep.COPY_PATH);
                if (call.next == CallStep.EXIT) {
                    ring.prepared(task, call);
                }
            }
            case COPY_PATH -> {
                call.next = copied(call, opens.copyPath(task, call), CallStep.WORK);
                ring.prepared(task, call);
            }
            case COPY_BLOCK -> call.next = copied(call, connects.copyBlock(task, call), CallStep.COPY_ADDRESS);
            case COPY_ADDRESS -> {
                call.next = copied(call, connects.copyAddress(task, call), CallStep.WORK);
                ring.prepared(task, call);
            }
            case WORK -> worked(task, call, work(task, call));
            case WAIT -> worked(task, call, waited(task, call));
            case INSTALL -> {
                opens.install(task, call);
                call.next = CallStep.EXIT;
            }
            case LOOK -> throw new IllegalStateException("no call comes to a look of itself");
            case EXIT -> exit(task, call);
        }
        return taken;
    }

    private void enter(Task task, Call call) {
        if (call.origin() == Origin.SYSCALL) {
            if (refuses(task, call)) {
                call.refused = true;
                call.next = CallStep.EXIT;
                return;
            }
            observers.each(observer -> observer.enter(task, call));
        }
        if (call.isConnect()) {
            call.next = call.isIndirect ? CallStep.COPY_BLOCK : CallStep.COPY_ADDRESS;
        } else {
            call.next = call.syscall() == Syscall.OPENAT2 ? CallStep.COPY_HOW : CallStep.COPY_PATH;
        }
    }

    /** Returns whether a filter or a tracer answers a call before it runs. */
    private static boolean refuses(Task task, Call call) {
        if (task.group.trapped.contains(call.syscall())) {
            call.result = call.number();
            task.sigsysPending = true;
            return true;
        }
        Long result = task.group.refused.get(call.syscall());
        if (result != null) {
            call.result = result;
        }
        return result != null;
    }

    private static CallStep copied(Call call, int error, CallStep next) {
        if (error == 0) {
            return next;
        }
        call.result = -error;
        return CallStep.EXIT;
    }

    private CallStep work(Task task, Call call) {
        if (call.submission == Submission.CANCELLED) {
            call.result = -ECANCELED;
            return CallStep.EXIT;
        }
        return call.isConnect() ? connects.work(task, call) : opens.work(task, call);
    }

    private void worked(Task task, Call call, CallStep next) {
        call.next = next;
        if (next == CallStep.WAIT) {
            // A submitter never waits in a request: the kernel hands a request that would block to a worker.
            if (call.caller(task) == task && call.origin() == Origin.IO_URING) {
                ring.toWorker(task, call);
            }
        } else if (looksTakeSteps) {
            call.unnotified = true;
        } else {
            notifyOfWork(task, call);
        }
    }

    private void notifyOfWork(Task task, Call call) {
        call.unnotified = false;
        observers.each(observer -> observer.worked(task, call));
    }

    private static boolean canGoOn(Call call) {
        return call.isConnect()
                ? Objects.requireNonNull(call.connect).canGoOn()
                : Objects.requireNonNull(call.open).canGoOn();
    }

    private CallStep waited(Task task, Call call) {
        if (call.isConnect()) {
            ConnectAttempt attempt = Objects.requireNonNull(call.connect);
            if (!attempt.canGoOn()) {
                call.result = attempt.abandon();
                return CallStep.EXIT;
            }
            attempt.goOn();
            // Another task may have taken the place first.
            return attempt.waits() ? CallStep.WAIT : connects.finish(call);
        }
        if (canGoOn(call)) {
            Objects.requireNonNull(call.open).goOn();
            return opens.finish(task, call);
        }
        Objects.requireNonNull(call.open).abandon();
        return opens.fail(task, call, -ERESTARTSYS);
    }

    private void exit(Task task, Call call) {
        notifyOfEnd(task, call);
        release(call);
        task.call = null;
        if (!task.sigsysBlocked) {
            task.sigsysPending = false;
        }
        task.lastResult = call.result == -ERESTARTSYS ? -EINTR : call.result;
        if (IoUring.existsFor(task, call)) {
            tasks.end(task);
            return;
        }
        if (task.batch != null) {
            ring.issueNext(task, task.batch);
            if (task.call != null) {
                return;
            }
        }
        Signal signal = task.pending;
        task.pending = Signal.NONE;
        if (signal == Signal.HANDLED_RESTART && call.result == -ERESTARTSYS) {
            task.handled++;
            task.begin(call.again());
        } else {
            tasks.deliver(task, signal);
        }
    }

    private void notifyOfEnd(Task task, Call call) {
        call.done = true;
        if (call.origin() == Origin.SYSCALL) {
            observers.each(observer -> observer.exit(task, call));
        } else {
            observers.each(observer -> observer.completed(task, call));
        }
    }

    private void vanish(Task task, Call call) {
        if (call.next == CallStep.WAIT) {
            waited(task, call);
        }
        if (!call.isConnect() && call.file != null && call.next != CallStep.EXIT) {
            call.file.release();
            opens.fail(task, call, -EINTR);
        }
        release(call);
        Batch batch = task.batch;
        if (batch != null) {
            // An issued request completes even when its thread vanishes.
            for (Call issued = batch.issued.poll(); issued != null; issued = batch.issued.poll()) {
                notifyOfEnd(task, issued);
                release(issued);
            }
            task.batch = null;
        }
        tasks.end(task);
    }

    /** fdput: a connect holds its socket until it ends, even when the descriptor is closed. */
    private void release(Call call) {
        if (call.isConnect() && call.file != null && call.file.release()) {
            closed.accept(call.file);
        }
    }
}
