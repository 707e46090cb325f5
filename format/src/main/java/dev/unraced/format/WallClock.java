// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Turns times since boot into times of day.
 *
 * <p>Java cannot read CLOCK_BOOTTIME, and a driver's clock may be that of another host or of a simulation. So the
 * offset comes from the events. No event arrives before its call returned, so the smallest difference between the time
 * of day at arrival and the return is the closest; its error is the latency of the fastest event. The clock learns it
 * for a second from the first event, and keeps it then, even if the time of day changes. Not thread-safe.
 */
public final class WallClock {
    private static final long LEARNING_NANOS = 1_000_000_000L;

    private final InstantSource clock;
    private long offset = Long.MAX_VALUE;
    private long learnUntil = Long.MAX_VALUE;

    /** Creates a clock that knows no event yet. */
    public WallClock() {
        this(Clock.systemUTC());
    }

    WallClock(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Notes an event that has just arrived. A handler calls this for each event, before anything else.
     *
     * @param bootNanos {@code EventView.nanos()}: nanoseconds of CLOCK_BOOTTIME
     */
    public void arrived(long bootNanos) {
        if (bootNanos < learnUntil) {
            learn(bootNanos);
        }
    }

    /**
     * Takes the offset from elsewhere, such as {@link dev.unraced.recording.RecordingReader#wallOffsetNanos}, and
     * learns from no event any more.
     *
     * @param offsetNanos what to add to times since boot, for nanoseconds since 1970-01-01T00:00Z
     */
    public void know(long offsetNanos) {
        offset = offsetNanos;
        learnUntil = Long.MIN_VALUE;
    }

    /**
     * Returns the time of day of a time since boot, in nanoseconds since 1970-01-01T00:00Z. At least one event must
     * have {@linkplain #arrived arrived} before.
     *
     * @param bootNanos nanoseconds of CLOCK_BOOTTIME
     */
    public long epochNanos(long bootNanos) {
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
