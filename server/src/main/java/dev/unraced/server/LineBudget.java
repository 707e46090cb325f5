// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import java.util.function.LongSupplier;

/** Grants a number of lines of the log in each period of time. Thread-safe. */
final class LineBudget {
    private final int lines;
    private final long periodNanos;
    private final LongSupplier clock;
    private long begun;
    private int granted;

    LineBudget(int lines, long periodNanos, LongSupplier clock) {
        this.lines = lines;
        this.periodNanos = periodNanos;
        this.clock = clock;
        this.begun = clock.getAsLong();
    }

    /** Returns whether there may be another line now. */
    synchronized boolean grant() {
        long now = clock.getAsLong();
        if (now - begun >= periodNanos) {
            begun = now;
            granted = 0;
        }
        if (granted == lines) {
            return false;
        }
        granted++;
        return true;
    }
}
