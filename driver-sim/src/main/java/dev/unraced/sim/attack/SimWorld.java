// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

import dev.unraced.sim.explore.Step;
import dev.unraced.sim.explore.World;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A simulated kernel as a world whose threads follow programs. */
final class SimWorld implements World {
    private final Kernel kernel;
    private final Referee referee;
    private final List<Script> scripts = new ArrayList<>();

    SimWorld(Kernel kernel, Referee referee) {
        this.kernel = kernel;
        this.referee = referee;
        kernel.log().on();
    }

    /** A thread's name and what it does. */
    static final class Script {
        final String name;
        final boolean isAttacker;
        private final Deque<Action> actions = new ArrayDeque<>();
        private @Nullable Task task;

        Script(String name, boolean isAttacker, @Nullable Task task) {
            this.name = name;
            this.isAttacker = isAttacker;
            this.task = task;
        }

        Script then(Action action) {
            actions.add(action);
            return this;
        }

        /** For a thread that begins to live later. */
        void become(Task born) {
            task = born;
        }

        @Nullable
        Task task() {
            return task;
        }
    }

    /** What one step was. */
    record Label(
            Script script,
            @Nullable Action action,
            @Nullable Call call,
            @Nullable CallStep step) {}

    Script script(String name, boolean isAttacker, @Nullable Task task) {
        Script script = new Script(name, isAttacker, task);
        scripts.add(script);
        return script;
    }

    Kernel kernel() {
        return kernel;
    }

    Referee referee() {
        return referee;
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
        Task task = script.task;
        if (task == null) {
            return false;
        }
        if (task.call() != null) {
            return kernel.canStep(task);
        }
        Action next = script.actions.peek();
        return next != null && !task.isDead() && next.condition().holds(kernel, task);
    }

    @Override
    public boolean isFinished(int thread) {
        Script script = scripts.get(thread);
        Task task = script.task;
        return task == null
                ? script.actions.isEmpty()
                : task.isDead() || (task.call() == null && script.actions.isEmpty());
    }

    @Override
    public Step step(int thread) {
        Script script = scripts.get(thread);
        Task task = java.util.Objects.requireNonNull(script.task);
        // Conditions have been asked since the last step.
        kernel.log().take();
        Action action = null;
        if (task.call() == null) {
            action = script.actions.remove();
            action.effect().run(kernel, task);
        }
        Call call = task.call();
        CallStep step = null;
        if (call != null && (action == null || action.isCall())) {
            step = kernel.step(task);
        }
        return new Step(
                thread, new Label(script, action, call, step), kernel.log().take());
    }
}
