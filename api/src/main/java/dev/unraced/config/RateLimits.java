// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import java.util.concurrent.TimeUnit;

/**
 * The limits of events per second from one caller, with a burst of one second; 0 for no limit. Immutable.
 *
 * @param user the limit of each real user id
 * @param cgroup the limit of each cgroup, without its descendants
 */
public record RateLimits(int user, int cgroup) {

    /** The highest limit. */
    public static final int MOST = 10_000_000;

    /** The absence of limits. */
    public static final RateLimits NONE = new RateLimits(0, 0);

    public RateLimits {
        if (Math.min(user, cgroup) < 0 || Math.max(user, cgroup) > MOST) {
            throw new IllegalArgumentException("limits are 0 to " + MOST + ", not " + user + " and " + cgroup);
        }
    }

    static RateLimits read(SettingReader in) {
        return new RateLimits(in.integer("unraced.limit.user", 0, MOST), in.integer("unraced.limit.cgroup", 0, MOST));
    }

    /** Returns the time between two events of a user at its limit, in nanoseconds; 0 without a limit. */
    public int userIntervalNanos() {
        return interval(user);
    }

    /** Returns the time between two events of a cgroup at its limit, in nanoseconds; 0 without a limit. */
    public int cgroupIntervalNanos() {
        return interval(cgroup);
    }

    private static int interval(int limit) {
        return limit == 0 ? 0 : (int) (TimeUnit.SECONDS.toNanos(1) / limit);
    }

    /** Returns whether there is any limit. */
    public boolean isOn() {
        return user > 0 || cgroup > 0;
    }
}
