// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.conformance.fixture.Condition;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long the scenarios of a run wait for accounts at rest. A driver that loses an event makes most rules wait in
 * vain, so after some such waits the later ones are shorter: several times as long as the longest wait that was not in
 * vain.
 */
public final class RestPatience {
    /** The waits in vain that have the whole patience. */
    static final int WHOLE_WAITS = 3;

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int MARGIN = 10;

    private final Duration whole;
    private Duration longest = Duration.ZERO;
    private int vain;

    public RestPatience(Duration whole) {
        this.whole = whole;
    }

    /** Returns the longest time of the next wait. */
    public synchronized Duration next() {
        if (vain < WHOLE_WAITS) {
            return whole;
        }
        Duration enough = longest.multipliedBy(MARGIN);
        Duration shorter = enough.compareTo(LEAST) > 0 ? enough : LEAST;
        return shorter.compareTo(whole) < 0 ? shorter : whole;
    }

    /** Returns true as soon as a condition holds, and false when the time of a wait is over. */
    boolean holds(Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean holds = Condition.holds(limit, condition);
        note(holds, Duration.ofNanos(System.nanoTime() - start));
        return holds;
    }

    private synchronized void note(boolean holds, Duration waited) {
        if (!holds) {
            vain++;
        } else if (waited.compareTo(longest) > 0) {
            longest = waited;
        }
    }

    /** Returns the text that names a wait's limit, and says so when it was shorter than the whole patience. */
    String describe(Duration limit) {
        String text = limit.toMillis() + " ms";
        return limit.compareTo(whole) < 0
                ? text + ", not " + whole.toMillis() + ", since " + WHOLE_WAITS + " waits before were in vain"
                : text;
    }
}
