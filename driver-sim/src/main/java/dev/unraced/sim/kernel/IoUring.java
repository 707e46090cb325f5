// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;

/** The requests of io_urings: their submission, their batches, and the workers that carry them out. */
final class IoUring {
    private final TaskTable tasks;
    private final Observers observers;
    private long requests;

    IoUring(TaskTable tasks, Observers observers) {
        this.tasks = tasks;
        this.observers = observers;
    }

    /** Returns a new request, which is not submitted. */
    Call request(Task submitter, Syscall syscall, long... registers) {
        Call request = new Call(syscall, Abi.NATIVE, Origin.IO_URING, registers, submitter);
        request.request = ++requests;
        return request;
    }

    Call submit(Task task, Syscall syscall, Submission submission, boolean onWorker, long... registers) {
        Task submitter = task;
        if (submission == Submission.POLLED) {
            submitter = tasks.addThread(task.group, tasks.newId());
            submitter.comm(("iou-sqp-" + task.group.tgid()).getBytes(StandardCharsets.US_ASCII));
        }
        Call request = request(submitter, syscall, registers);
        request.onWorker = onWorker;
        request.submission = submission;
        return submitter.begin(request);
    }

    void submitTogether(Task task, Consumer<Batch> fill) {
        Batch batch = new Batch(task, this);
        fill.accept(batch);
        if (task.call != null || task.dead) {
            throw new IllegalStateException(task + " cannot submit");
        }
        task.batch = batch;
        issueNext(task, batch);
    }

    /** Begins the next request of a batch, or the completions when none is left. */
    void issueNext(Task task, Batch batch) {
        task.call = null;
        while (task.call == null && !batch.isFlushing) {
            Batch.Item item = batch.next();
            if (item == null) {
                batch.isFlushing = true;
            } else if (item.call() != null) {
                task.call = item.call();
            } else {
                observers.each(observer -> observer.submittedOther(task));
                Objects.requireNonNull(item.other()).accept(task);
            }
        }
        if (batch.isFlushing) {
            task.call = batch.issued.poll();
            task.batch = task.call == null ? null : batch;
        }
    }

    /** Puts a request of a batch aside once it is carried out, until all its batch is; returns whether it did so. */
    boolean putAside(Task task, Call call) {
        Batch batch = task.batch;
        if (batch == null || batch.isFlushing || task.call != call || call.next != CallStep.EXIT || call.unnotified) {
            return false;
        }
        batch.issued.add(call);
        issueNext(task, batch);
        return true;
    }

    /**
     * Notifies observers that a request is submitted: its arguments are copied, or the copy failed. A worker may do the
     * rest. It does nothing for a call.
     */
    void prepared(Task task, Call request) {
        if (request.origin() != Origin.IO_URING) {
            return;
        }
        observers.each(observer -> observer.submitted(task, request));
        if (request.onWorker && request.next == CallStep.WORK) {
            toWorker(task, request);
        }
    }

    /** Hands a request over to a new worker, so that its submitter goes on. */
    void toWorker(Task task, Call request) {
        Task worker = tasks.addThread(task.group, tasks.newId());
        worker.comm(("iou-wrk-" + task.tid).getBytes(StandardCharsets.US_ASCII));
        worker.ownFs = task.fs();
        request.isHandedOver = true;
        task.call = null;
        worker.call = request;
        Signal signal = task.pending;
        task.pending = Signal.NONE;
        if (signal == Signal.KILL || signal == Signal.VANISH) {
            // The worker is a thread of the same process.
            worker.pending = signal;
        }
        if (request.submission == Submission.POLLED) {
            tasks.end(task);
        } else {
            tasks.deliver(task, signal);
        }
        if (task.batch != null && !task.dead) {
            issueNext(task, task.batch);
        }
    }

    /**
     * Returns whether a task exists for a request alone: a worker, or a polling thread, which ends with its request.
     */
    static boolean existsFor(Task task, Call request) {
        return request.origin() == Origin.IO_URING
                && (request.caller(task) != task || request.submission == Submission.POLLED);
    }
}
