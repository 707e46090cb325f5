// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

/**
 * How long a reader naps. While each nap finds events, the next one is longer: the thread then wakes less often, which
 * costs the watched programs time on a machine whose processors share a core or a clock. One thread at a time uses it.
 */
final class NapLength {
    static final long SHORTEST_NANOS = 500_000;
    /** An event of a steady load waits for half of this on average. */
    static final long LONGEST_NANOS = 2_000_000;
    /** A nap takes at most this share of a ring that is filled with a byte a nanosecond. */
    private static final int SHARE = 4;

    private final long longest;
    private long next = SHORTEST_NANOS;

    NapLength(long ringBytes) {
        longest = Math.max(SHORTEST_NANOS, Math.min(LONGEST_NANOS, ringBytes / SHARE));
    }

    /** Returns how long the first nap after events is to be. */
    long nanos() {
        return next;
    }

    /** Notes after how many naps there were events again. */
    void found(int naps) {
        if (naps == 1) {
            next = Math.min(2 * next, longest);
        } else if (naps > 1) {
            next = SHORTEST_NANOS;
        }
    }
}
