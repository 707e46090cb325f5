// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.attack;

/** What an observer made of an execution, from best to worst. */
public enum Verdict {
    /** Every event told what the kernel did. */
    TRUE,
    /** An event was wrong, and said that it might be: CHANGED, DIFFERS, or a flag that names the reason. */
    WARNED,
    /** An event was wrong, and nothing in it said so. */
    FOOLED,
    /** An event was wrong and claimed to match. No driver may ever say this. */
    LIED;

    Verdict or(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
