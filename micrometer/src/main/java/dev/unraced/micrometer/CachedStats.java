// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a capture, read once for all meters of one scrape: so the meters agree, and cost one read of the
 * kernel's counters.
 */
final class CachedStats {
    static final long FRESH_MILLIS = 100;

    private final Capture capture;
    private final Clock clock;
    private @Nullable CaptureStats stats;
    private long read;
    /** When the consumer was last seen to keep up. */
    private long kept;

    CachedStats(Capture capture, Clock clock) {
        this.capture = capture;
        this.clock = clock;
    }

    synchronized CaptureStats now() {
        long now = clock.monotonicTime();
        CaptureStats current = stats;
        if (current == null || now - read >= TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS)) {
            CaptureStats before = stats;
            current = capture.stats();
            if (before == null || current.delivered() != before.delivered() || current.pending() == 0) {
                kept = now;
            }
            stats = current;
            read = now;
        }
        return current;
    }

    /** Returns for how many seconds events have waited without one being handed over. */
    synchronized double stalledSeconds() {
        now();
        return capture.isOpen() ? (read - kept) / (double) TimeUnit.SECONDS.toNanos(1) : 0;
    }
}
