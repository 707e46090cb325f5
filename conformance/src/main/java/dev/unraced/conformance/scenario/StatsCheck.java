// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.spec.Violation;
import java.time.Duration;

/** The checks of a capture's accounts by chapter 8 of the specification. */
public final class StatsCheck {
    private StatsCheck() {}

    /** Returns whether nothing is under way: all returned calls are accounted for, and the reader has their events. */
    public static boolean atRest(CaptureStats stats, long received) {
        return stats.imbalance() == 0
                && stats.pending() == 0
                && stats.delivered() == received
                && stats.stash().imbalance() == 0;
    }

    /**
     * Returns the violation of the rule by which the accounts have to come to rest.
     *
     * @param waited the time that they had
     */
    public static Violation unrest(CaptureStats stats, long received, Duration waited) {
        String balanced = stats.stash().imbalance() != 0 ? "R8.2" : "R1.1";
        return Violation.of(
                stats.imbalance() != 0 ? "R8.1" : balanced,
                "the accounts do not come to rest: " + stats + ", received " + received + ", after " + waited.toMillis()
                        + " ms");
    }

    public static void assertClosed(CaptureStats stats) {
        Violation.unless(
                "R8.1",
                () -> assertThat(stats.imbalance())
                        .as("returned = delivered + pending + lost + filtered, after close: %s", stats)
                        .isZero());
        Violation.unless(
                "R8.2",
                () -> assertThat(stats.stash().imbalance())
                        .as("puts = takes + evicted + reclaimed + stale + live, after close: %s", stats)
                        .isZero());
        Violation.unless(
                "R6.5",
                () -> assertThat(stats.stash().live())
                        .as("entries left in the stash after close: %s", stats)
                        .isZero());
    }
}
