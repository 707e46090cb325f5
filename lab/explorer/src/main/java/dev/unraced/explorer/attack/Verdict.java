// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

/** The judgement of an observer's events in an execution, from best to worst. */
public enum Verdict {
    /** Every event described the kernel's action correctly. */
    TRUE,
    /** An event was wrong, and warned of it by CHANGED, DIFFERS, or a flag that names the reason. */
    WARNED,
    /** An event was wrong, without a warning. */
    FOOLED,
    /** An event was wrong and said MATCH. No driver may ever cause this verdict. */
    LIED;

    Verdict or(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
