// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

/**
 * A time in which nobody can say what was called: calls that returned within it may be neither events nor in the books.
 *
 * @param fromNanos its beginning, of the same clock as the times of events; 0 when that is not known
 * @param toNanos its end
 */
public record Gap(long fromNanos, long toNanos) {
    public Gap {
        if (fromNanos > toNanos) {
            throw new IllegalArgumentException("a gap from " + fromNanos + " to " + toNanos);
        }
    }

    /** How long it was, in nanoseconds. */
    public long nanos() {
        return toNanos - fromNanos;
    }
}
