// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.stash.ArgStash;

/** Counts events while a simulation runs. Not thread-safe. */
final class Tally {
    private long complete;
    private long refused;
    private long evicted;
    private long missing;
    private long stale;

    /** Counts an event by the result of {@link ArgStash#take}. */
    void add(int taken) {
        switch (taken) {
            case ArgStash.REFUSED -> refused++;
            case ArgStash.EVICTED -> evicted++;
            case ArgStash.MISSING -> missing++;
            case ArgStash.STALE -> stale++;
            default -> complete++;
        }
    }

    EventCounts counts() {
        return new EventCounts(complete, refused, evicted, missing, stale);
    }
}
