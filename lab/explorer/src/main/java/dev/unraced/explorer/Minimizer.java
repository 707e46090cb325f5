// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.function.Supplier;

/**
 * Makes a schedule simpler without changing its verdict: fewer context switches first, then fewer steps. It is a delta
 * debugging (A. Zeller and R. Hildebrandt, Simplifying and Isolating Failure-Inducing Input, TSE 2002). Stretches of
 * one thread are left out or moved next to others of that thread; {@link Replay} completes schedules that do not fit
 * any more. The result is a local minimum: no single such change makes it simpler.
 *
 * @param <W> the world
 * @param <V> the verdict
 */
public final class Minimizer<W extends World, V> {
    private final Supplier<W> worlds;
    private final Judge<? super W, V> judge;
    private final V wanted;
    private Schedule best;

    private Minimizer(Supplier<W> worlds, Judge<? super W, V> judge, V wanted, Schedule best) {
        this.worlds = worlds;
        this.judge = judge;
        this.wanted = wanted;
        this.best = best;
    }

    /**
     * Returns a simpler schedule with the same verdict, or the same schedule, completed. The result leads through the
     * whole execution.
     *
     * @throws IllegalStateException if a world does not end
     */
    public static <W extends World, V> Schedule minimize(
            Supplier<W> worlds, Judge<? super W, V> judge, Schedule schedule) {
        Replay<W> end = Replay.run(worlds, schedule);
        V wanted = judge.judge(end.world(), end.execution());
        Minimizer<W, V> minimizer =
                new Minimizer<>(worlds, judge, wanted, end.execution().schedule());
        while (minimizer.improve()) {
            // Every improvement may allow one that failed before.
        }
        return minimizer.best;
    }

    private boolean improve() {
        Stretches stretches = Stretches.of(best);
        for (int size = stretches.count() / 2; size >= 1; size /= 2) {
            for (int first = 0; first + size <= stretches.count(); first++) {
                if (isBetter(stretches.without(first, size))) {
                    return true;
                }
            }
        }
        for (int i = 0; i < stretches.count(); i++) {
            for (int j = 0; j < stretches.count(); j++) {
                if (i != j && stretches.thread(i) == stretches.thread(j) && isBetter(stretches.moved(i, j))) {
                    return true;
                }
            }
        }
        for (int i = 0; i < best.length(); i++) {
            if (isBetter(withoutStep(i))) {
                return true;
            }
        }
        return false;
    }

    private Schedule withoutStep(int step) {
        int[] threads = new int[best.length() - 1];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = best.thread(i < step ? i : i + 1);
        }
        return Schedule.of(threads);
    }

    private boolean isBetter(Schedule candidate) {
        Replay<W> end = Replay.run(worlds, candidate);
        Schedule completed = end.execution().schedule();
        if (Schedule.SIMPLEST.compare(completed, best) >= 0
                || !judge.judge(end.world(), end.execution()).equals(wanted)) {
            return false;
        }
        best = completed;
        return true;
    }
}
