// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs a world in every order that its threads' steps can take, each time from a fresh world. It also finds a world
 * that is stuck.
 *
 * <p>Immutable; a run uses only the caller's thread.
 *
 * @param <W> the world
 */
public final class Exploration<W extends World> {
    private final Supplier<W> worlds;
    private final long limit;

    private Exploration(Supplier<W> worlds, long limit) {
        this.worlds = worlds;
        this.limit = limit;
    }

    /** Returns an exploration of the worlds that a supplier makes, all alike; it has no limit. */
    public static <W extends World> Exploration<W> of(Supplier<W> worlds) {
        return new Exploration<>(worlds, Long.MAX_VALUE);
    }

    /** Sets the number of executions to stop after; at least 1. */
    public Exploration<W> limit(long executions) {
        if (executions < 1) {
            throw new IllegalArgumentException("limit below 1: " + executions);
        }
        return new Exploration<>(worlds, executions);
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
            if (tally.executions() == limit) {
                return tally.result(true);
            }
            Run<W> run = new Run<>(worlds);
            replay(run, path);
            extend(run, path);
            Execution execution = run.execution();
            tally.add(judge.judge(run.world(), execution), execution);
        } while (turn(path));
        return tally.result(false);
    }

    private void replay(Run<W> run, List<Node> path) {
        for (Node node : path) {
            if (!run.world().isEnabled(node.thread())) {
                throw new IllegalStateException("a world that does not repeat itself: thread " + node.thread()
                        + " cannot make step " + run.length() + " again");
            }
            run.step(node.thread());
        }
    }

    /** Goes on to an end by the fewest switches. */
    private void extend(Run<W> run, List<Node> path) {
        for (int next = run.next(); next >= 0; next = run.next()) {
            Node node = new Node(run.world());
            node.choose(next);
            run.step(next);
            path.add(node);
        }
    }

    /** Makes another choice in the last state that has one left; returns false if all choices were tried. */
    private static boolean turn(List<Node> path) {
        while (!path.isEmpty()) {
            Node node = path.get(path.size() - 1);
            if (node.choose(previous(path))) {
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
