// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs a world in every order that its threads' steps can take, each time from a fresh world.
 *
 * <p>Steps whose footprints do not conflict commute, and executions that differ only in the order of such steps end
 * alike. With {@link #reduce} on, exactly one of them is run to its end, by sleep sets (P. Godefroid, Partial-Order
 * Methods for the Verification of Concurrent Systems, LNCS 1032, 1996, chapter 5). A thread goes to sleep once all
 * executions that begin with its next step were seen, and wakes when a step conflicts with that one. An execution in
 * which every thread that could run sleeps was seen in another order, and is abandoned. The search misses no state, so
 * it also finds a world that is stuck.
 *
 * <p>Immutable; a run uses only the caller's thread.
 *
 * @param <W> the world
 */
public final class Exploration<W extends World> {
    private final Supplier<W> worlds;
    private final long limit;
    private final boolean reduce;

    private Exploration(Supplier<W> worlds, long limit, boolean reduce) {
        this.worlds = worlds;
        this.limit = limit;
        this.reduce = reduce;
    }

    /** Returns an exploration of the worlds that a supplier makes, all alike; it has no limit, and is reduced. */
    public static <W extends World> Exploration<W> of(Supplier<W> worlds) {
        return new Exploration<>(worlds, Long.MAX_VALUE, true);
    }

    /** Sets the number of executions to stop after, with the abandoned ones; at least 1. */
    public Exploration<W> limit(long executions) {
        if (executions < 1) {
            throw new IllegalArgumentException("limit below 1: " + executions);
        }
        return new Exploration<>(worlds, executions, reduce);
    }

    /** Sets whether to run only one of the executions that differ in the order of commuting steps. */
    public Exploration<W> reduce(boolean on) {
        return new Exploration<>(worlds, limit, on);
    }

    /**
     * Explores, and lets every end be judged.
     *
     * @throws IllegalStateException if a world does not end, or does not repeat itself
     */
    public <V> ExplorationResult<V> run(Judge<? super W, V> judge) {
        List<Node> path = new ArrayList<>();
        Tally<V> tally = new Tally<>();
        do {
            if (tally.executions() + tally.pruned() == limit) {
                return tally.result(true);
            }
            Run<W> run = new Run<>(worlds);
            replay(run, path);
            boolean pruned = extend(run, path, tally);
            tally.addSteps(run.length());
            if (pruned) {
                tally.prune();
            } else {
                Execution execution = run.execution();
                tally.add(judge.judge(run.world(), execution), execution);
            }
        } while (turn(path, tally));
        return tally.result(false);
    }

    private void replay(Run<W> run, List<Node> path) {
        for (Node node : path) {
            if (!run.world().isEnabled(node.thread())) {
                throw new IllegalStateException("a world that does not repeat itself: thread " + node.thread()
                        + " cannot make step " + run.length() + " again");
            }
            node.made(run.step(node.thread()));
        }
    }

    /**
     * Goes on to an end by the fewest switches.
     *
     * @return true if the execution was abandoned, since all its continuations were seen
     */
    private boolean extend(Run<W> run, List<Node> path, Tally<?> tally) {
        for (int next = run.next(); next >= 0; next = run.next()) {
            Node node = new Node(run.world(), path.isEmpty() ? null : path.get(path.size() - 1));
            if (!node.choose(next)) {
                return true;
            }
            node.made(run.step(node.thread()));
            tally.addTransition();
            path.add(node);
        }
        return false;
    }

    /** Makes another choice in the last state that has one left; returns false if all choices were tried. */
    private boolean turn(List<Node> path, Tally<?> tally) {
        while (!path.isEmpty()) {
            Node node = path.get(path.size() - 1);
            if (reduce) {
                node.putToSleep();
            }
            if (node.choose(previous(path))) {
                tally.addTransition();
                return true;
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    private static int previous(List<Node> path) {
        return path.size() < 2 ? -1 : path.get(path.size() - 2).thread();
    }
}
