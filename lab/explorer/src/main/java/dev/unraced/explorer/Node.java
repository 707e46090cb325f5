// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import dev.unraced.sim.base.Footprint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A state on the path of an {@link Exploration}, with the threads that are still to be tried from it. */
final class Node {
    private final boolean[] untried;
    /**
     * The footprint of each sleeping thread's next step, or null. All executions that begin with that step were seen
     * from other states.
     */
    private final @Nullable Footprint[] sleep;

    private int thread = -1;
    private @Nullable Footprint footprint;

    /**
     * Creates the state of a world after the step chosen at its parent.
     *
     * @param parent null for the first state
     */
    Node(World world, @Nullable Node parent) {
        untried = new boolean[world.threads()];
        sleep = new @Nullable Footprint[untried.length];
        for (int i = 0; i < untried.length; i++) {
            sleep[i] = parent == null ? null : parent.stillAsleep(i);
            untried[i] = world.isEnabled(i) && sleep[i] == null;
        }
    }

    private @Nullable Footprint stillAsleep(int other) {
        Footprint next = sleep[other];
        return next != null && footprint != null && !next.conflictsWith(footprint) ? next : null;
    }

    /** Chooses a thread that was not tried yet, the preferred one if possible; returns false if none is left. */
    boolean choose(int preferred) {
        thread = preferred >= 0 && untried[preferred] ? preferred : -1;
        for (int i = 0; thread < 0 && i < untried.length; i++) {
            thread = untried[i] ? i : -1;
        }
        if (thread < 0) {
            return false;
        }
        untried[thread] = false;
        return true;
    }

    int thread() {
        return thread;
    }

    /** Notes the footprint of the chosen thread's step. */
    void made(Step step) {
        footprint = step.footprint();
    }

    /**
     * Puts the chosen step to sleep, after it was followed to all its ends. A step with an empty footprint commutes
     * with all other steps. Everything that can happen here can also happen after it, so no other choice is to be
     * tried.
     */
    void putToSleep() {
        sleep[thread] = footprint;
        if (footprint != null && footprint.isEmpty()) {
            Arrays.fill(untried, false);
        }
    }
}
