// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Remembers which call returns while a record is written, for mutants that need the machine's view. */
public final class CurrentCallTracker extends TracepointsAround {
    private @Nullable Task task;
    private @Nullable Call call;

    /** Returns the thread that made the call. */
    public Task task() {
        return Objects.requireNonNull(task);
    }

    public Call call() {
        return Objects.requireNonNull(call);
    }

    public CurrentCallTracker around(Tracepoints tracepoints) {
        inner(tracepoints);
        return this;
    }

    @Override
    public void exit(Task returning, Call returned) {
        task = returning;
        call = returned;
        super.exit(returning, returned);
    }

    @Override
    public void completed(Task worker, Call request) {
        task = request.caller(worker);
        call = request;
        super.completed(worker, request);
    }
}
