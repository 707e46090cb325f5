// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.explorer.Step;
import dev.unraced.explorer.TimelineRow;
import dev.unraced.explorer.World;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A simulated kernel as a world whose threads follow scripts. */
final class SimWorld implements World {
    private static final Label UNTOLD = new Label(List.of());

    private final Kernel kernel;
    private final EventJudge judge;
    private final @Nullable TimelineRecorder recorder;
    private final List<Script> scripts = new ArrayList<>();
    private final Deque<Script> workers = new ArrayDeque<>();

    SimWorld(Kernel kernel, EventJudge judge, @Nullable TimelineRecorder recorder) {
        this.kernel = kernel;
        this.judge = judge;
        this.recorder = recorder;
    }

    /** The description of one step; it has no rows unless the world has a recorder. */
    record Label(List<TimelineRow> rows) {}

    Script add(Script script) {
        scripts.add(script);
        return script;
    }

    /** The scripts for threads that the kernel starts for requests. */
    Deque<Script> workers() {
        return workers;
    }

    /** The worst verdict on any event so far. */
    Verdict verdict() {
        return judge.verdict();
    }

    /** The properties by which executions are told apart in the search for an example. */
    record Outcome(Verdict verdict, boolean hidden) {}

    Outcome outcome() {
        return new Outcome(judge.verdict(), judge.hasHidden());
    }

    /** The findings on all events, if they are kept. */
    List<EventJudge.Finding> findings() {
        return judge.findings();
    }

    List<Script> scripts() {
        return scripts;
    }

    @Override
    public int threads() {
        return scripts.size();
    }

    @Override
    public boolean isEnabled(int thread) {
        Script script = scripts.get(thread);
        Task task = script.task();
        if (task == null) {
            return false;
        }
        if (task.call() != null) {
            return kernel.canStep(task);
        }
        Action next = script.next();
        return next != null && !task.isDead() && next.condition().holds(kernel, task);
    }

    @Override
    public boolean isFinished(int thread) {
        Script script = scripts.get(thread);
        Task task = script.task();
        return task == null ? script.next() == null : task.isDead() || (task.call() == null && script.next() == null);
    }

    @Override
    public Step step(int thread) {
        return new Step(thread, make(thread));
    }

    private Label make(int thread) {
        if (recorder != null) {
            recorder.begin();
        }
        Script script = scripts.get(thread);
        Task task = Objects.requireNonNull(script.task());
        Action action = null;
        if (task.call() == null) {
            action = script.take();
            action.effect().run(kernel, task);
        }
        Call call = action == null || action.isCall() ? task.call() : null;
        CallStep step = null;
        if (call != null) {
            step = kernel.step(task);
            adopt(task, call);
        }
        if (recorder == null) {
            return UNTOLD;
        }
        return new Label(recorder.tell(thread, script, task, action, call, step));
    }

    /** Gives a script to the worker that took a request over from its thread. */
    private void adopt(Task task, Call request) {
        if (task.call() == null && !request.isDone()) {
            for (Task other : task.group().tasks()) {
                if (other.call() == request) {
                    workers.remove().become(other);
                }
            }
        }
    }
}
