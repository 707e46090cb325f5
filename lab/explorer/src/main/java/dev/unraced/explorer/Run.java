// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One world on its way from fresh to its end, and the steps so far. */
final class Run<W extends World> {
    private final W world;
    private final List<Step> steps = new ArrayList<>();

    Run(Supplier<W> worlds) {
        world = worlds.get();
    }

    W world() {
        return world;
    }

    Step step(int thread) {
        if (steps.size() == Schedule.MAX_LENGTH) {
            throw new IllegalStateException("a world that does not end: " + Schedule.MAX_LENGTH + " steps");
        }
        Step step = world.step(thread);
        steps.add(step);
        return step;
    }

    int length() {
        return steps.size();
    }

    /** The thread that made the last step, or -1. */
    int current() {
        return steps.isEmpty() ? -1 : steps.get(steps.size() - 1).thread();
    }

    /** Returns the thread that runs without a choice: the current one, else the lowest that can; -1 if none can. */
    int next() {
        int current = current();
        if (current >= 0 && world.isEnabled(current)) {
            return current;
        }
        for (int thread = 0; thread < world.threads(); thread++) {
            if (world.isEnabled(thread)) {
                return thread;
            }
        }
        return -1;
    }

    /** Returns the execution; valid only at the end. */
    Execution execution() {
        boolean stuck = false;
        for (int thread = 0; thread < world.threads(); thread++) {
            stuck |= !world.isFinished(thread);
        }
        return new Execution(steps, stuck);
    }
}
