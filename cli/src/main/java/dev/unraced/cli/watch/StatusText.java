// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.cli.common.StatsText;

/** The text of a status line, with the rate since the last text. Not thread-safe. */
final class StatusText {
    private static final long SECOND = 1_000_000_000;

    private final Capture capture;
    private final EventPrinter printer;
    private long lastNanos = System.nanoTime();
    private long lastDelivered;

    StatusText(Capture capture, EventPrinter printer) {
        this.capture = capture;
        this.printer = printer;
    }

    String next() {
        CaptureStats stats = capture.stats();
        long now = System.nanoTime();
        double seconds = Math.max(1, now - lastNanos) / (double) SECOND;
        long rate = Math.round((stats.delivered() - lastDelivered) / seconds);
        lastNanos = now;
        lastDelivered = stats.delivered();
        return StatsText.status(stats, printer.filtered(), rate);
    }
}
