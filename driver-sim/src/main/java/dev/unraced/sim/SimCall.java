// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call under way, which a test advances step by step. The test can act between any two steps. */
public final class SimCall {
    private final Kernel kernel;
    private final Task task;
    private final Call call;

    SimCall(Kernel kernel, Task task, Call call) {
        this.kernel = kernel;
        this.task = task;
        this.call = call;
    }

    /**
     * Takes steps until the given step would be next; takes none when it is already. With LOOK, which is the observer's
     * and never next, takes steps until the observer has read one more name of the file's path.
     *
     * @see SimKernel#looksTakeSteps
     * @throws IllegalStateException when the call blocks or returns before
     */
    public SimCall until(CallStep step) {
        synchronized (kernel) {
            boolean isLook = step == CallStep.LOOK;
            while (isLook || call.next() != step || call.isDone()) {
                CallStep taken = stepOnce();
                if (taken == null) {
                    throw new IllegalStateException("the call " + whyNot() + ", and never came to " + step);
                }
                if (isLook && taken == CallStep.LOOK) {
                    return this;
                }
            }
        }
        return this;
    }

    /**
     * Takes steps until the given step would be next, and has a test act then. A chain of these stages an attack:
     *
     * <pre>{@code
     * thread.openat(path).at(CallStep.COPY_PATH, () -> path.write("/etc/shadow")).finish();
     * }</pre>
     *
     * @throws IllegalStateException when the call blocks or returns before
     */
    public SimCall at(CallStep step, Runnable act) {
        until(step);
        act.run();
        return this;
    }

    /**
     * Takes steps until the call returns, and has a test act before each.
     *
     * @return the raw result
     * @throws IllegalStateException when the call blocks, or its thread is gone
     */
    public long finishBeforeEach(Runnable act) {
        while (!isDone()) {
            act.run();
            synchronized (kernel) {
                if (stepOnce() == null) {
                    throw new IllegalStateException("the call " + whyNot());
                }
            }
        }
        return result();
    }

    /** Takes steps until the call returns or cannot go on now; returns whether it has returned. */
    public boolean run() {
        synchronized (kernel) {
            while (stepOnce() != null) {
                // Each iteration is one step of the machine.
            }
            return call.isDone();
        }
    }

    /**
     * Takes steps until the call returns.
     *
     * @return its raw result: a descriptor or 0, or a negated error number
     * @throws IllegalStateException when the call blocks, or its thread is gone
     */
    public long finish() {
        synchronized (kernel) {
            if (!run()) {
                throw new IllegalStateException("the call " + whyNot());
            }
            return call.result();
        }
    }

    /** The next step; after the return, the last step. */
    public CallStep next() {
        synchronized (kernel) {
            return call.next();
        }
    }

    /** Returns whether the call has returned. */
    public boolean isDone() {
        synchronized (kernel) {
            return call.isDone();
        }
    }

    /**
     * The raw result: a descriptor or 0, or a negated error number.
     *
     * @throws IllegalStateException when the call has not returned
     */
    public long result() {
        synchronized (kernel) {
            if (!call.isDone()) {
                throw new IllegalStateException("the call has not returned; its next step is " + call.next());
            }
            return call.result();
        }
    }

    /** Takes a step, and returns which; null when the call cannot go on now. */
    private @Nullable CallStep stepOnce() {
        Task worker = worker();
        return worker == null || !kernel.canStep(worker) ? null : kernel.step(worker);
    }

    /**
     * Returns the task that does the call's work now: its thread, or a worker of an io_uring; null when it has ended.
     */
    private @Nullable Task worker() {
        for (Task candidate : List.copyOf(task.group().tasks())) {
            if (candidate.call() == call) {
                return candidate;
            }
        }
        return null;
    }

    private String whyNot() {
        if (call.isDone()) {
            return "has returned " + call.result();
        }
        return worker() == null
                ? "ended with its thread, without a return"
                : "is blocked; let somebody wake it, or signal its thread";
    }
}
