// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.kernel.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tracepoints that pass every call on to other tracepoints. */
public class TracepointsAround implements Tracepoints {
    private @Nullable Tracepoints inner;

    public final void inner(Tracepoints tracepoints) {
        inner = tracepoints;
    }

    private Tracepoints inner() {
        return Objects.requireNonNull(inner);
    }

    @Override
    public void enter(Task task, Call call) {
        inner().enter(task, call);
    }

    @Override
    public void worked(Task task, Call call) {
        inner().worked(task, call);
    }

    @Override
    public void exit(Task task, Call call) {
        inner().exit(task, call);
    }

    @Override
    public void submitted(Task task, Call request) {
        inner().submitted(task, request);
    }

    @Override
    public void submittedOther(Task task) {
        inner().submittedOther(task);
    }

    @Override
    public boolean look(Task task, Call call) {
        return inner().look(task, call);
    }

    @Override
    public void completed(Task task, Call request) {
        inner().completed(task, request);
    }

    @Override
    public void forked(TaskGroup forker, Task child) {
        inner().forked(forker, child);
    }

    @Override
    public void executed(Task task, int before) {
        inner().executed(task, before);
    }

    @Override
    public void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {
        inner().execFailed(task, call, path, atFlags, error);
    }

    @Override
    public void processExit(Task last) {
        inner().processExit(last);
    }

    @Override
    public void threadExit(Task task) {
        inner().threadExit(task);
    }
}
