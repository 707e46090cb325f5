// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.event.Mitigation;
import java.io.PrintStream;
import java.util.Locale;

/** Prints a line for each attack as soon as it is over, and some in between for attacks that take long. */
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

    /** Notes that an attack begins. */
    public void begin(Attack attack, Mitigation mode) {
        current = attack.name() + ", " + mode.name().toLowerCase(Locale.ROOT);
        told = System.nanoTime();
    }

    /** Notes how many calls the attack has made. */
    public void calls(long made) {
        if (shown && System.nanoTime() - told > QUIET_NANOS) {
            err.println(current + ": " + made + " calls up to now");
            told = System.nanoTime();
        }
    }

    /** Notes that the attack is over. */
    public void end(AttackResult result) {
        if (shown) {
            err.println(current + ": " + result.counts().attempts() + " calls, " + result.status());
        }
    }
}
