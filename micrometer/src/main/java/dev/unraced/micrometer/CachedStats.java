// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.event.Mitigation;
import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a capture and its mode, read once for all meters of one scrape: so the meters agree, and cost one
 * read of the kernel's counters, or one question to a server.
 */
final class CachedStats {
    static final long FRESH_MILLIS = 100;

    private final Capture capture;
    private final Clock clock;
    private @Nullable CaptureStats stats;
    private @Nullable Mitigation mitigation;
    private long read;
    /** When the consumer was last seen to keep up. */
    private long kept;

    CachedStats(Capture capture, Clock clock) {
        this.capture = capture;
        this.clock = clock;
    }

    synchronized CaptureStats now() {
        CaptureStats current = stats;
        if (current == null || clock.monotonicTime() - read >= TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS)) {
            CaptureStats before = stats;
            current = capture.stats();
            mitigation = capture.mitigation();
            // They are fresh from now on, however long a server took to answer.
            long now = clock.monotonicTime();
            if (before == null || current.delivered() != before.delivered() || current.pending() == 0) {
                kept = now;
            }
            stats = current;
            read = now;
        }
        return current;
    }

    synchronized boolean isMode(Mitigation mode) {
        now();
        return mitigation == mode;
    }

    /** Returns for how many seconds events have waited without one being handed over. */
    synchronized double stalledSeconds() {
        now();
        return capture.isOpen() ? (read - kept) / (double) TimeUnit.SECONDS.toNanos(1) : 0;
    }
}
