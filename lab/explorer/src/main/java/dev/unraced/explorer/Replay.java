// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.function.Supplier;

/**
 * A world at its end, and the execution that led there.
 *
 * @param <W> the world
 */
public record Replay<W extends World>(W world, Execution execution) {
    /**
     * Runs a fresh world by a schedule. A choice of a thread that cannot run is left out. After the last choice the
     * current thread continues as long as it can, then the lowest thread that can run. So every schedule leads to an
     * end, and the schedule of an execution repeats that execution.
     *
     * @throws IllegalStateException if the world does not end
     */
    public static <W extends World> Replay<W> run(Supplier<W> worlds, Schedule schedule) {
        Run<W> run = new Run<>(worlds);
        for (int i = 0; i < schedule.length(); i++) {
            int thread = schedule.thread(i);
            if (thread < run.world().threads() && run.world().isEnabled(thread)) {
                run.step(thread);
            }
        }
        for (int thread = run.next(); thread >= 0; thread = run.next()) {
            run.step(thread);
        }
        return new Replay<>(run.world(), run.execution());
    }
}
