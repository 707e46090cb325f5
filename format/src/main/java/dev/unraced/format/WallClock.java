// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.linux.BootOrder;
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
 *
 * <p>An event that is 30 s or more older than a previous one is of another boot of its machine, or of a sandbox with a
 * clock of its own. The clock then learns anew, and from each later event that is as far ahead. Not thread-safe.
 */
public final class WallClock {
    private static final long LEARNING_NANOS = 1_000_000_000L;

    private final InstantSource clock;
    private final BootOrder order = new BootOrder();
    private long offset = Long.MAX_VALUE;
    private long learnUntil;
    private boolean isKnown;

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
     * @param bootNanos {@code EventView.nanos()}: nanoseconds of CLOCK_BOOTTIME; 0 for an unknown time, from which the
     *     clock learns nothing
     */
    public void arrived(long bootNanos) {
        if (isKnown) {
            return;
        }
        if (bootNanos == 0) {
            if (!order.hasBegun()) {
                offset = now();
            }
            return;
        }
        BootOrder.Place place = order.note(bootNanos);
        if (place == BootOrder.Place.FIRST || place == BootOrder.Place.ANOTHER_BOOT) {
            offset = Long.MAX_VALUE;
        }
        if (place != BootOrder.Place.SAME_BOOT) {
            learnUntil = bootNanos + LEARNING_NANOS;
        }
        if (bootNanos < learnUntil) {
            offset = Math.min(offset, now() - bootNanos);
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
        isKnown = true;
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

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
