// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

/**
 * Enforces the limits of users and of cgroups for a source in user space, by token buckets with a burst of one second.
 * Memory is bounded: callers beyond the {@value TokenBuckets#MOST} whose buckets are not full share one bucket. Not
 * thread-safe.
 */
public final class CallerLimits {
    private final TokenBuckets users;
    private final TokenBuckets cgroups;

    /**
     * Creates limits, each as the time between two events of a caller at its limit.
     *
     * @param userNanos the time of a user; 0 for no limit
     * @param cgroupNanos the time of a cgroup; 0 for no limit
     */
    public CallerLimits(long userNanos, long cgroupNanos) {
        this.users = new TokenBuckets(userNanos);
        this.cgroups = new TokenBuckets(cgroupNanos);
    }

    /**
     * Returns whether an event is within the limits. It then takes a token of its user and one of its cgroup, otherwise
     * none.
     *
     * @param now the time in nanoseconds of a clock that does not go back
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
