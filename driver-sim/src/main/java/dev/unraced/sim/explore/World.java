// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/**
 * Something with threads that run in atomic steps, one at a time, in the order that a scheduler chooses.
 *
 * <p>What a search relies on:
 *
 * <ul>
 *   <li>A world is deterministic: the same choices from a fresh world give the same steps with the same footprints.
 *   <li>A step's footprint holds everything shared that the step read or wrote, and that counts in whether a thread can
 *       run: a step that blocks or wakes another thread writes the thing that is waited for; the step that leads to a
 *       wait reads it, whether or not the thread has to wait; the step that ends the wait reads or writes it.
 *   <li>It ends: no thread can run for ever.
 * </ul>
 *
 * <p>Not thread-safe; used by one search, for one execution.
 */
public interface World {
    /**
     * How many threads there are, from the first step to the last; those that start later are not enabled until then.
     */
    int threads();

    /** Whether a thread, 0 to {@link #threads()} - 1, can make a step now; not when it waits or is finished. */
    boolean isEnabled(int thread);

    /** Whether a thread has no step left. When no thread is enabled and one is not finished, the world is stuck. */
    boolean isFinished(int thread);

    /** Lets a thread that is enabled make its next step. */
    Step step(int thread);
}
