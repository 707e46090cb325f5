// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/** Chooses the next thread in one random execution. */
interface Chooser {
    /** Returns a thread that can run, or -1 if none can; called once per step. */
    int next(World world);
}
