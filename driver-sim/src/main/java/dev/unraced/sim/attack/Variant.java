// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

import dev.unraced.event.Mitigation;
import dev.unraced.sim.trace.Seams;

/**
 * Which observer watches an attack.
 *
 * @param mitigation the mode
 * @param seams how it is broken, if at all
 */
public record Variant(Mitigation mitigation, Seams seams) {

    /** An observer that is not broken. */
    public static Variant of(Mitigation mitigation) {
        return new Variant(mitigation, Seams.NONE);
    }
}
