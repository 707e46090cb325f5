// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

import dev.unraced.sim.base.Footprint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A state on the path of an {@link Exploration}: which threads are still to be tried from it. */
final class Node {
    private final boolean[] untried;
    /** Per thread, what its next step touches if it sleeps: all that begins with that step was seen from elsewhere. */
    private final @Nullable Footprint[] sleep;

    private int thread = -1;
    private @Nullable Footprint footprint;

    /** The state that a world is in now, after the step chosen at its parent; null for the first. */
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

    /** Chooses a thread that was not tried yet, this one if possible. False if none is left. */
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

    /** Notes what the chosen thread's step touched. */
    void made(Step step) {
        footprint = step.footprint();
    }

    /**
     * The chosen step has been followed to all its ends; from here on it sleeps. One that touches nothing commutes with
     * all that others will ever do: whatever can happen here can happen after it, so nothing else is to be tried.
     */
    void putToSleep() {
        sleep[thread] = footprint;
        if (footprint != null && footprint.isEmpty()) {
            Arrays.fill(untried, false);
        }
    }
}
