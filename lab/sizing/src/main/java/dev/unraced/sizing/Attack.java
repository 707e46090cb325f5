// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.time.Duration;

/**
 * An attack that fills the stash: threads enter a call and never return, such as opens of a FIFO without a writer.
 *
 * @param threads how many, 0 for no attack
 * @param at time at which the first thread enters
 * @param perSecond threads that enter in a second, above 0
 */
public record Attack(int threads, Duration at, double perSecond) {
    /** No attack. */
    public static final Attack NONE = new Attack(0, Duration.ZERO, 1);

    /** Checks the values. */
    public Attack {
        Checks.range("the number of attacking threads", threads, 0, Churn.MOST_IDS);
        Checks.positive("the attacking threads per second", perSecond);
        if (at.isNegative()) {
            throw new IllegalArgumentException("an attack cannot begin before time 0: " + at);
        }
    }

    /** Returns whether there is an attack. */
    public boolean isReal() {
        return threads > 0;
    }
}
