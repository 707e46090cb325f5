// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs a world many times with random choices, for worlds with too many orders to explore. Execution {@code i} of a
 * search with seed {@code s} depends on {@code s + i} alone: a search of one execution with that seed repeats it.
 *
 * <p>Immutable; a search uses only the caller's thread.
 *
 * @param <W> the world
 */
public final class RandomSearch<W extends World> {
    private static final int UNIFORM = -1;

    private final Supplier<W> worlds;
    private final long seed;
    private final long executions;
    private final int changes;

    private RandomSearch(Supplier<W> worlds, long seed, long executions, int changes) {
        this.worlds = worlds;
        this.seed = seed;
        this.executions = executions;
        this.changes = changes;
    }

    /**
     * Returns a search of the worlds that a supplier makes, all alike: 1000 executions from seed 0, every choice at
     * random.
     */
    public static <W extends World> RandomSearch<W> of(Supplier<W> worlds) {
        return new RandomSearch<>(worlds, 0, 1000, UNIFORM);
    }

    /** Sets the seed of the first execution; the next one's is one more. */
    public RandomSearch<W> seed(long first) {
        return new RandomSearch<>(worlds, first, executions, changes);
    }

    /** Sets the most executions to run. */
    public RandomSearch<W> executions(long count) {
        if (count < 1) {
            throw new IllegalArgumentException("executions below 1: " + count);
        }
        return new RandomSearch<>(worlds, seed, count, changes);
    }

    /**
     * Gives each thread a random priority and always runs the highest thread that can run, instead of a random choice
     * at every step. At this many random points the running thread falls behind all others. In a world of n threads and
     * k steps, d - 1 points find a bug of d ordered events with a probability of at least 1/(n k^(d-1)) (S. Burckhardt
     * et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010). The points are drawn
     * from as many steps as an unscheduled run of the world makes.
     */
    public RandomSearch<W> priorities(int changePoints) {
        if (changePoints < 0) {
            throw new IllegalArgumentException("negative number of change points: " + changePoints);
        }
        return new RandomSearch<>(worlds, seed, executions, changePoints);
    }

    /** Runs and judges all the executions. */
    public <V> RandomSearchResult<V> run(Judge<? super W, V> judge) {
        return runUntil(judge, verdict -> false);
    }

    /**
     * Runs and judges executions until a verdict is wanted.
     *
     * @throws IllegalStateException if a world does not end
     */
    public <V> RandomSearchResult<V> runUntil(Judge<? super W, V> judge, Predicate<? super V> wanted) {
        Map<V, Long> verdicts = new LinkedHashMap<>();
        Map<V, RandomSearchResult.Example> examples = new LinkedHashMap<>();
        int usual = changes > 0
                ? Replay.run(worlds, Schedule.of()).execution().steps().size()
                : 0;
        long done = 0;
        boolean found = false;
        while (done < executions && !found) {
            Replay<W> end = runOnce(seed + done, usual);
            V verdict = judge.judge(end.world(), end.execution());
            verdicts.merge(verdict, 1L, Long::sum);
            if (!examples.containsKey(verdict)) {
                examples.put(
                        verdict,
                        new RandomSearchResult.Example(
                                seed + done, end.execution().schedule()));
            }
            done++;
            found = wanted.test(verdict);
        }
        return new RandomSearchResult<>(done, verdicts, examples);
    }

    private Replay<W> runOnce(long runSeed, int usualSteps) {
        Run<W> run = new Run<>(worlds);
        int threads = run.world().threads();
        Chooser chooser = changes == UNIFORM
                ? new UniformChooser(runSeed, threads)
                : new PriorityChooser(runSeed, threads, changes, usualSteps);
        for (int thread = chooser.next(run.world()); thread >= 0; thread = chooser.next(run.world())) {
            run.step(thread);
        }
        return new Replay<>(run.world(), run.execution());
    }
}
