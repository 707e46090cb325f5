// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

/**
 * A machine to watch, and the programs that run on it meanwhile.
 *
 * @param kernel the machine
 * @param begin called when the capture opens
 * @param end called when the capture closes; returns when all programs have stopped
 */
record Watched(SimKernel kernel, Runnable begin, Runnable end) {

    /** Returns a machine on which only its callers act. */
    static Watched quiet(SimKernel kernel) {
        return new Watched(kernel, () -> {}, () -> {});
    }
}
