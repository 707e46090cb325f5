// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.List;

/** A call under way, which takes its steps when it is told to. */
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
     * Takes steps until the given one would be next; none when it is already.
     *
     * @throws IllegalStateException when the call blocks or returns before
     */
    public SimCall until(CallStep step) {
        synchronized (kernel) {
            while (call.next() != step || call.isDone()) {
                if (!stepOnce()) {
                    throw new IllegalStateException(
                            (call.isDone() ? "the call has returned" : "the call is blocked") + " before " + step);
                }
            }
        }
        return this;
    }

    /** Takes steps until the call returns or blocks; whether it has returned. */
    public boolean run() {
        synchronized (kernel) {
            while (stepOnce()) {
                // Each step is one of the machine's.
            }
            return call.isDone();
        }
    }

    /**
     * Takes steps until the call returns.
     *
     * @return its raw result
     * @throws IllegalStateException when it blocks
     */
    public long finish() {
        if (!run()) {
            throw new IllegalStateException("the call is blocked; let somebody wake it, then finish it");
        }
        return call.result();
    }

    public boolean isDone() {
        synchronized (kernel) {
            return call.isDone();
        }
    }

    /** The raw result of a call that has returned. */
    public long result() {
        synchronized (kernel) {
            return call.result();
        }
    }

    private boolean stepOnce() {
        for (Task worker : List.copyOf(task.group().tasks())) {
            if (worker.call() == call && kernel.canStep(worker)) {
                kernel.step(worker);
                return true;
            }
        }
        return false;
    }
}
