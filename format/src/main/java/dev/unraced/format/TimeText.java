// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Appends times of day with microseconds; formats a second once, for all events in it. */
final class TimeText {
    private static final long NANOS = 1_000_000_000L;

    private final DateTimeFormatter second;
    private long cachedSecond = Long.MIN_VALUE;
    private byte[] cached = {};

    /** Makes a formatter from the pattern of a time down to its seconds. */
    TimeText(String pattern, ZoneId zone) {
        second = DateTimeFormatter.ofPattern(pattern).withZone(zone);
    }

    void put(LineBuffer out, long epochNanos) {
        long now = Math.floorDiv(epochNanos, NANOS);
        if (now != cachedSecond) {
            cachedSecond = now;
            cached = LineBuffer.ascii(second.format(Instant.ofEpochSecond(now)));
        }
        out.put(cached).put('.').putPadded(Math.floorMod(epochNanos, NANOS) / 1000, 6);
    }
}
