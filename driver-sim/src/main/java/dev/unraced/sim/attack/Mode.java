// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

import dev.unraced.event.Mitigation;
import java.util.Locale;

/** Which observer watches an attack. */
public enum Mode {
    /** Reads arguments when the call returns. */
    OFF(Mitigation.OFF),
    /** Reads them when it enters. */
    STASH(Mitigation.STASH),
    /** Takes the kernel's own copy. */
    KERNEL(Mitigation.KERNEL),
    /** As {@link #STASH}, but it lacks the defence that an attack is about. */
    NAIVE(Mitigation.STASH);

    private final Mitigation mitigation;

    Mode(Mitigation mitigation) {
        this.mitigation = mitigation;
    }

    Mitigation mitigation() {
        return mitigation;
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
