// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import java.util.concurrent.atomic.AtomicLong;

/** The number of events that a rule has looked at. A rule that saw none has judged nothing. Thread-safe. */
public final class Evidence {
    private final AtomicLong events = new AtomicLong();

    /** Adds events of the kit's own calls. */
    public void add(long seen) {
        events.addAndGet(seen);
    }

    /** Returns the number of events since the last {@link #forget}. */
    public long events() {
        return events.get();
    }

    /** Begins anew, for the next rule. */
    public void forget() {
        events.set(0);
    }
}
