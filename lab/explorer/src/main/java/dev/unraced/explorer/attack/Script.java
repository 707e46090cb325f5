// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.sim.kernel.Task;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The actions of a thread, one after the other. */
final class Script {
    private final String name;
    private final boolean isAttacker;
    private final Deque<Action> actions = new ArrayDeque<>();
    private @Nullable Task task;

    /** Creates a script; its task is null until the thread starts. */
    Script(String name, boolean isAttacker, @Nullable Task task) {
        this.name = name;
        this.isAttacker = isAttacker;
        this.task = task;
    }

    Script then(Action action) {
        actions.add(action);
        return this;
    }

    void become(Task born) {
        task = born;
    }

    String name() {
        return name;
    }

    /** Returns whether the thread interferes with others. */
    boolean isAttacker() {
        return isAttacker;
    }

    @Nullable
    Task task() {
        return task;
    }

    @Nullable
    Action next() {
        return actions.peek();
    }

    Action take() {
        return actions.remove();
    }
}
