// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.explorer.Exploration;
import dev.unraced.explorer.ExplorationResult;
import dev.unraced.explorer.Schedule;
import dev.unraced.explorer.Timeline;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Hunts through the simulator: runs small random programs in every order that their steps can take, and compares each
 * event with what the simulated kernel did. Programs of odd seeds also change arguments in memory.
 */
public final class SimHunt {
    /** The most orders that are tried of one program. */
    public static final long MOST_ORDERS = 1_000;

    private SimHunt() {}

    /**
     * The result of one program.
     *
     * @param orders the number of orders that were run
     * @param complete whether these are all
     * @param lie the simplest order in which an event lied; empty when none did
     */
    public record Explored(long seed, Mode mode, long orders, boolean complete, Optional<Schedule> lie) {}

    /**
     * Runs the program of a seed under a mode.
     *
     * @throws IllegalArgumentException for {@link Mode#NAIVE}, which needs to know the precaution to leave out
     */
    public static Explored explore(long seed, Mode mode) {
        return explore(program(seed), seed, mode);
    }

    static Explored explore(Attack program, long seed, Mode mode) {
        ExplorationResult<Verdict> result =
                Exploration.of(program.worlds(mode)).limit(MOST_ORDERS).run((world, execution) -> world.verdict());
        Verdict excused = flips(seed) && mode != Mode.KERNEL ? Verdict.FOOLED : Verdict.WARNED;
        Optional<Schedule> lie = result.examples().entrySet().stream()
                .filter(example -> example.getKey().compareTo(excused) > 0)
                .max(Comparator.comparing(Map.Entry::getKey))
                .map(Map.Entry::getValue);
        return new Explored(seed, mode, result.executions(), !result.limited(), lie);
    }

    /** Returns what happened in the order in which an event of a program lied, step by step. */
    public static Timeline timeline(Explored explored) {
        return AttackTimeline.of(
                program(explored.seed()),
                explored.mode(),
                explored.lie().orElseThrow(() -> new IllegalArgumentException("no event lied")));
    }

    static Attack program(long seed) {
        return RandomAttacks.of(seed, flips(seed));
    }

    /**
     * Without the kernel's copy, an event may say what memory held before or after the kernel read it, as long as it
     * does not say MATCH.
     */
    private static boolean flips(long seed) {
        return (seed & 1) == 1;
    }
}
