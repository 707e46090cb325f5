// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.attack;

import dev.unraced.conformance.Attack;
import dev.unraced.conformance.AttackResult;
import dev.unraced.event.Mitigation;
import java.io.PrintStream;
import java.util.Locale;

/** One line for each attack as soon as it is over, and some in between for those that take long. */
public final class AttackProgress {
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final PrintStream err;
    private final boolean shown;
    private String current = "";
    private long told;

    public AttackProgress(PrintStream err, boolean shown) {
        this.err = err;
        this.shown = shown;
    }

    /** An attack begins. */
    public void begin(Attack attack, Mitigation mode) {
        current = attack.name() + ", " + mode.name().toLowerCase(Locale.ROOT);
        told = System.nanoTime();
    }

    /** It has made so many calls. */
    public void calls(long made) {
        if (shown && System.nanoTime() - told > QUIET_NANOS) {
            err.println(current + ": " + made + " calls up to now");
            told = System.nanoTime();
        }
    }

    /** It is over. */
    public void end(AttackResult result) {
        if (shown) {
            err.println(current + ": " + result.counts().attempts() + " calls, " + result.status());
        }
    }
}
