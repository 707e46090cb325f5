// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;

/**
 * One act of a scenario's thread: a step in user space, or the beginning of a call, whose steps follow.
 *
 * @param text the description for timelines
 * @param isCall whether the act begins a call; that is no step, only the call's entry is
 * @param condition decides whether the act is possible now
 * @param effect carries the act out
 */
record Action(String text, boolean isCall, Condition condition, Effect effect) {

    /** Decides whether an action is possible now. */
    @FunctionalInterface
    interface Condition {
        boolean holds(Kernel kernel, Task task);
    }

    /** The effect of an action. */
    @FunctionalInterface
    interface Effect {
        void run(Kernel kernel, Task task);
    }

    /** Returns a step in user space. */
    static Action user(String text, Effect effect) {
        return new Action(text, false, (kernel, task) -> true, effect);
    }

    /** Returns the beginning of a call. */
    static Action call(String text, Effect effect) {
        return new Action(text, true, (kernel, task) -> true, effect);
    }

    /** Returns the same action with a condition to wait for. */
    Action when(Condition condition) {
        return new Action(text, isCall, condition, effect);
    }
}
