// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;

/**
 * One thing that a thread of a scenario does: a step of its own in user space, or the beginning of a call, whose steps
 * follow.
 *
 * @param text what it is, for timelines
 * @param isCall whether it begins a call; beginning one is no step, its entry is
 * @param condition whether it can be done now
 * @param effect does it
 */
record Action(String text, boolean isCall, Condition condition, Effect effect) {

    /** Whether an action can be done now. */
    @FunctionalInterface
    interface Condition {
        boolean holds(Kernel kernel, Task task);
    }

    /** What an action does. */
    @FunctionalInterface
    interface Effect {
        void run(Kernel kernel, Task task);
    }

    /** A step in user space. */
    static Action user(String text, Effect effect) {
        return new Action(text, false, (kernel, task) -> true, effect);
    }

    /** The beginning of a call. */
    static Action call(String text, Effect effect) {
        return new Action(text, true, (kernel, task) -> true, effect);
    }

    /** The same, which waits for something. */
    Action when(Condition condition) {
        return new Action(text, isCall, condition, effect);
    }
}
