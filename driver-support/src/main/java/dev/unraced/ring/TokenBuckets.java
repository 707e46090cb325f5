// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A token bucket for each of many owners. An event pays for one interval. A bucket that is paid up to now or earlier is
 * full, so forgetting it changes nothing. Not thread-safe.
 */
final class TokenBuckets {
    /** The largest number of buckets that are not full; further owners share one more bucket. */
    static final int MOST = 1024;

    private static final long BURST = TimeUnit.SECONDS.toNanos(1);

    private final long interval;
    private final Map<Long, Bucket> buckets = new HashMap<>();
    private final Bucket shared = new Bucket();

    private static final class Bucket {
        long paidUntil = Long.MIN_VALUE;
    }

    /** Creates buckets for events that each pay for an interval in nanoseconds; with 0 they are free. */
    TokenBuckets(long interval) {
        this.interval = interval;
    }

    boolean take(long owner, long now) {
        if (interval == 0) {
            return true;
        }
        Bucket bucket = find(owner, now);
        long paid = Math.max(bucket.paidUntil, now);
        if (paid > now + BURST - interval) {
            return false;
        }
        bucket.paidUntil = paid + interval;
        return true;
    }

    /** Undoes the last {@link #take} of an owner. */
    void giveBack(long owner) {
        if (interval > 0) {
            buckets.getOrDefault(owner, shared).paidUntil -= interval;
        }
    }

    private Bucket find(long owner, long now) {
        Bucket known = buckets.get(owner);
        if (known != null) {
            return known;
        }
        if (buckets.size() == MOST) {
            buckets.values().removeIf(bucket -> bucket.paidUntil <= now);
        }
        return buckets.size() == MOST ? shared : buckets.computeIfAbsent(owner, unused -> new Bucket());
    }
}
