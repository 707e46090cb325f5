// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.event.Mitigation;
import java.util.Locale;

/** The observer that watches an attack. */
public enum Mode {
    /** This observer reads arguments when the call returns. */
    OFF(Mitigation.OFF),
    /** This observer reads arguments when the call enters. */
    STASH(Mitigation.STASH),
    /** This observer takes the kernel's own copy. */
    KERNEL(Mitigation.KERNEL),
    /** This observer is like {@link #STASH}, but lacks the defence that an attack is about. */
    NAIVE(Mitigation.STASH);

    private final Mitigation mitigation;

    Mode(Mitigation mitigation) {
        this.mitigation = mitigation;
    }

    Mitigation mitigation() {
        return mitigation;
    }

    /** The name of the mode as users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
