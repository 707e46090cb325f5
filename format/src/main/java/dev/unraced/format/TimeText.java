// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Appends times of day with microseconds; formats a second once, for all events in it. */
final class TimeText {
    private static final long NANOS = 1_000_000_000L;
    private static final int MICRO_DIGITS = 6;

    private final DateTimeFormatter second;
    private long cachedSecond = Long.MIN_VALUE;
    private byte[] cached = {};

    /** Makes a formatter from the pattern of a time down to its seconds. */
    TimeText(String pattern, ZoneId zone) {
        second = DateTimeFormatter.ofPattern(pattern).withZone(zone);
    }

    void put(LineBuffer out, long epochNanos) {
        put(out, epochNanos, MICRO_DIGITS);
    }

    /** Appends a time with so many digits of the second's fraction: 0, 3 or 6. */
    void put(LineBuffer out, long epochNanos, int digits) {
        long now = Math.floorDiv(epochNanos, NANOS);
        if (now != cachedSecond) {
            cachedSecond = now;
            cached = LineBuffer.ascii(second.format(Instant.ofEpochSecond(now)));
        }
        out.put(cached);
        if (digits > 0) {
            long unit = digits == MICRO_DIGITS ? 1_000 : 1_000_000;
            out.put('.').putPadded(Math.floorMod(epochNanos, NANOS) / unit, digits);
        }
    }
}
