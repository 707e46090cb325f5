// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

/**
 * Tells by the times of events when another boot of their machine begins. Not thread-safe.
 *
 * <p>An event that is 30 s or more older than a previous one is of another boot, or of a sandbox with a clock of its
 * own. Behind the latter, others may be far ahead.
 */
public final class BootOrder {
    /** Events of one boot arrive in the order of their times, up to what a ring and held calls delay some. */
    private static final long DISORDER_NANOS = 30_000_000_000L;

    /** The time of the newest event of this boot; 0 before there was one. */
    private long newest;
    /** True once an event was too old for the boot of a previous one. */
    private boolean wentBack;

    /** Tells where an event stands among those before it. */
    public enum Place {
        /** The event is the first one with a time. */
        FIRST,
        /** The event is of another boot, or of another clock, than those before. */
        ANOTHER_BOOT,
        /** The event is far ahead, after one of another boot: perhaps it is of the boot before that. */
        FAR_AHEAD,
        /** The event is of the same boot as those before. */
        SAME_BOOT
    }

    /** Creates an order without an event. */
    public BootOrder() {
        // It begins with the first event.
    }

    /** Returns whether there was an event with a time. */
    public boolean hasBegun() {
        return newest != 0;
    }

    /**
     * Notes an event, and returns its place.
     *
     * @param nanos its time, nanoseconds of CLOCK_BOOTTIME; not 0
     */
    public Place note(long nanos) {
        if (newest == 0) {
            newest = nanos;
            return Place.FIRST;
        }
        if (nanos < newest - DISORDER_NANOS) {
            newest = nanos;
            wentBack = true;
            return Place.ANOTHER_BOOT;
        }
        boolean far = wentBack && nanos > newest + DISORDER_NANOS;
        newest = Math.max(newest, nanos);
        return far ? Place.FAR_AHEAD : Place.SAME_BOOT;
    }
}
