// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/** A state on the path of an {@link Exploration}, with the threads that are still to be tried from it. */
final class Node {
    private final boolean[] untried;
    private int thread = -1;

    Node(World world) {
        untried = new boolean[world.threads()];
        for (int i = 0; i < untried.length; i++) {
            untried[i] = world.isEnabled(i);
        }
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
}
