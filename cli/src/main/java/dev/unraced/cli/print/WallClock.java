// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Turns times since boot into times of day.
 *
 * <p>Java cannot read CLOCK_BOOTTIME, and a driver's clock may be that of another host or of a simulation. So the
 * offset comes from the events: none arrives before its call returned, hence the smallest difference between the time
 * of day at arrival and the return is the closest to the truth, off by the latency of the fastest event. It is sought
 * for a second from the first event, and then kept, whatever becomes of the time of day.
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

    /** Tells of an event that has just arrived. */
    public void arrived(long bootNanos) {
        if (bootNanos < learnUntil) {
            learn(bootNanos);
        }
    }

    /** Nanoseconds since 1970 of a time since boot. */
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
