// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Turns times since boot into times of day.
 *
 * <p>Java cannot read CLOCK_BOOTTIME, and a driver's clock may be that of another host or of a simulation. So the
 * offset comes from the events. No event arrives before its call returned, so the smallest difference between the time
 * of day at arrival and the return is the closest; its error is the latency of the fastest event. The clock learns it
 * for a second from the first event, and keeps it then, even if the time of day changes.
 */
public final class WallClock {
    private static final long LEARNING_NANOS = 1_000_000_000L;

    private final InstantSource clock;
    private long offset = Long.MAX_VALUE;
    private long learnUntil = Long.MAX_VALUE;

    public WallClock() {
        this(Clock.systemUTC());
    }

    WallClock(InstantSource clock) {
        this.clock = clock;
    }

    /** Notes an event that has just arrived. */
    public void arrived(long bootNanos) {
        if (bootNanos < learnUntil) {
            learn(bootNanos);
        }
    }

    /** Returns the nanoseconds since 1970 of a time since boot. */
    long epochNanos(long bootNanos) {
        return bootNanos + offset;
    }

    private void learn(long bootNanos) {
        Instant now = clock.instant();
        offset = Math.min(offset, now.getEpochSecond() * 1_000_000_000L + now.getNano() - bootNanos);
        if (learnUntil == Long.MAX_VALUE) {
            learnUntil = bootNanos + LEARNING_NANOS;
        }
    }
}
