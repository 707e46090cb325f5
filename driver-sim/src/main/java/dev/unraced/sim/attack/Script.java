// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

import dev.unraced.sim.kernel.Task;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a thread does, one action after the other. */
final class Script {
    private final String name;
    private final boolean isAttacker;
    private final Deque<Action> actions = new ArrayDeque<>();
    private @Nullable Task task;

    /** One without a task begins to live later. */
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

    /** Whether it interferes with others. */
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
