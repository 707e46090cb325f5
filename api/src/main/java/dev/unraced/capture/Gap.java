// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/**
 * A time that the statistics do not cover: calls that returned within it may be neither events nor counted.
 *
 * @param fromNanos its beginning, on the clock of the events' times; 0 when unknown
 * @param toNanos its end, on the same clock
 */
public record Gap(long fromNanos, long toNanos) {
    public Gap {
        if (fromNanos > toNanos) {
            throw new IllegalArgumentException("a gap from " + fromNanos + " to " + toNanos);
        }
    }

    /** Returns its length in nanoseconds. */
    public long nanos() {
        return toNanos - fromNanos;
    }
}
