// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

/**
 * A machine to watch, and what goes on there meanwhile.
 *
 * @param kernel the machine
 * @param begin called when somebody watches
 * @param end called when nobody does any more; returns when nothing goes on
 */
record Watched(SimKernel kernel, Runnable begin, Runnable end) {

    /** A machine on which nothing happens but what others do. */
    static Watched quiet(SimKernel kernel) {
        return new Watched(kernel, () -> {}, () -> {});
    }
}
