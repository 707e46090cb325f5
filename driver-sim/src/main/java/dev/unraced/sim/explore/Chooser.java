// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/** Which thread is next in one random execution. */
interface Chooser {
    /** A thread that can run, or -1 if none can; asked once per step. */
    int next(World world);
}
