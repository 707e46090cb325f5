// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/**
 * A system whose threads run in atomic steps, one at a time, in the order that a scheduler chooses.
 *
 * <p>A search relies on these properties:
 *
 * <ul>
 *   <li>A world is deterministic: the same choices from a fresh world give the same steps.
 *   <li>A world ends: no thread can run for ever.
 * </ul>
 *
 * <p>Not thread-safe; used by one search, for one execution.
 */
public interface World {
    /** The number of threads, from the first step to the last; threads that start later are not enabled until then. */
    int threads();

    /**
     * Returns whether a thread, 0 to {@link #threads()} - 1, can make a step now, and neither waits nor is finished.
     */
    boolean isEnabled(int thread);

    /**
     * Returns whether a thread has no step left. When no thread is enabled and one is not finished, the world is stuck.
     */
    boolean isFinished(int thread);

    /** Lets a thread that is enabled make its next step. */
    Step step(int thread);
}
