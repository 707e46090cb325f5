// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;

/** The checks of a capture's books by chapter 8 of the specification. */
public final class StatsCheck {
    private StatsCheck() {}

    /** Returns whether nothing is under way: all returned calls are accounted for, and the reader has their events. */
    public static boolean atRest(CaptureStats stats, long received) {
        return stats.imbalance() == 0
                && stats.pending() == 0
                && stats.delivered() == received
                && stats.stash().imbalance() == 0;
    }

    /** Returns why the books are not at rest, beginning with the number of the rule that demands it. */
    public static String unrest(CaptureStats stats, long received) {
        String seen = ": the books do not come to rest: " + stats + ", received " + received;
        if (stats.imbalance() != 0) {
            return "R8.1" + seen;
        }
        return (stats.stash().imbalance() != 0 ? "R8.2" : "R1.1") + seen;
    }

    public static void assertClosed(CaptureStats stats) {
        assertThat(stats.imbalance())
                .as("R8.1: returned = delivered + pending + lost + filtered, after close: %s", stats)
                .isZero();
        assertThat(stats.stash().imbalance())
                .as("R8.2: puts = takes + evicted + reclaimed + stale + live, after close: %s", stats)
                .isZero();
        assertThat(stats.stash().live())
                .as("R6.5: entries left in the stash after close: %s", stats)
                .isZero();
    }
}
