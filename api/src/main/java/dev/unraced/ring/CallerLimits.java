// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.config.RateLimits;

/**
 * Keeps the limits of users and of cgroups for a source in user space, by token buckets with a burst of one second.
 * Memory is bounded: callers beyond the {@value TokenBuckets#MOST} whose buckets are not full share one bucket. Not
 * thread-safe.
 */
public final class CallerLimits {
    private final TokenBuckets users;
    private final TokenBuckets cgroups;

    /** Limits of which each may be off. */
    public CallerLimits(RateLimits limits) {
        this.users = new TokenBuckets(limits.userIntervalNanos());
        this.cgroups = new TokenBuckets(limits.cgroupIntervalNanos());
    }

    /**
     * Whether an event is within the limits. It then takes a token of its user and one of its cgroup, otherwise none.
     *
     * @param now in nanoseconds of a clock that does not go back
     */
    public boolean admits(long uid, long cgroupId, long now) {
        if (!users.take(uid, now)) {
            return false;
        }
        if (cgroups.take(cgroupId, now)) {
            return true;
        }
        users.giveBack(uid);
        return false;
    }
}
