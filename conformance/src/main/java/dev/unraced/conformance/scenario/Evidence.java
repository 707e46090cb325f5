// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of events that a rule has looked at, and how often an attacker won the races of a rule that has some. A
 * rule that saw no event has judged nothing. Thread-safe.
 */
public final class Evidence {
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong won = new AtomicLong();

    /** Adds events of the kit's own calls. */
    public void add(long seen) {
        events.addAndGet(seen);
    }

    /**
     * Adds rounds of races.
     *
     * @param raced number of calls that an attacker raced against
     * @param inTime number of those that the attacker won
     */
    public void race(long raced, long inTime) {
        rounds.addAndGet(raced);
        won.addAndGet(inTime);
    }

    /** Returns the number of raced calls since the last {@link #reset}. */
    public long rounds() {
        return rounds.get();
    }

    /** Returns the number of races that the attacker won since the last {@link #reset}. */
    public long won() {
        return won.get();
    }

    /** Returns the number of events since the last {@link #reset}. */
    public long events() {
        return events.get();
    }

    /** Begins anew, for the next rule. */
    public void reset() {
        events.set(0);
        rounds.set(0);
        won.set(0);
    }
}
