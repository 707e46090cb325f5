// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/**
 * A time that the statistics do not cover: calls that returned within it may be neither events nor counted. Immutable.
 *
 * @param fromNanos its beginning in nanoseconds, on the clock of the events' times; 0 when unknown
 * @param toNanos its end, on the same clock; while it lasts, about now
 * @param ended false while it lasts
 */
public record Gap(long fromNanos, long toNanos, boolean ended) {
    public Gap {
        if (fromNanos > toNanos) {
            throw new IllegalArgumentException("a gap from " + fromNanos + " to " + toNanos);
        }
    }

    /** Makes a gap that has ended. */
    public Gap(long fromNanos, long toNanos) {
        this(fromNanos, toNanos, true);
    }

    /** Returns its length in nanoseconds; while it lasts, up to now. */
    public long nanos() {
        return toNanos - fromNanos;
    }
}
