// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.config.RateLimits;
import dev.unraced.ring.CallerLedger;
import dev.unraced.ring.CallerLimits;
import dev.unraced.sim.kernel.TaskGroup;

/** The limits of the events of each user and cgroup. An event beyond them counts as lost (R7.3). */
final class EventLimits {
    private final boolean isOn;
    private final CallerLimits limits;
    private final CallerLedger ledger;
    private long exceeded;

    EventLimits(RateLimits limits, CallerLedger ledger) {
        this.isOn = limits.isOn();
        this.limits = new CallerLimits(limits.userIntervalNanos(), limits.cgroupIntervalNanos());
        this.ledger = ledger;
    }

    /** Returns whether an event of a process is within the limits. */
    boolean admits(TaskGroup group, long nowNanos) {
        if (!isOn || limits.admits(group.uid(), group.cgroupId(), nowNanos)) {
            return true;
        }
        exceeded++;
        ledger.add(group.uid(), group.cgroupId());
        return false;
    }

    /** The number of events beyond the limits. */
    long exceeded() {
        return exceeded;
    }
}
