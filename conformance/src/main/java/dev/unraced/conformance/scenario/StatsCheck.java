// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.spec.Violation;

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
     * @param waited the time that they had, as text
     */
    public static Violation unrest(CaptureStats stats, long received, String waited) {
        String balanced = stats.stash().imbalance() != 0 ? "R8.2" : "R1.1";
        return Violation.of(
                stats.imbalance() != 0 ? "R8.1" : balanced,
                "the accounts do not come to rest: " + cause(stats, received) + ". All accounts: " + stats + ", after "
                        + waited);
    }

    /** Returns the sum that does not balance, with the numbers in it. */
    private static String cause(CaptureStats stats, long received) {
        long missing = stats.imbalance();
        if (missing != 0) {
            String what = missing > 0 ? count(missing, "event") + " missing" : count(-missing, "event") + " too many";
            return what + ": returned " + (stats.returned() + stats.entered() + stats.processEvents())
                    + ", but delivered " + stats.delivered() + ", pending " + stats.pending() + ", lost "
                    + stats.totalLost() + ", filtered " + stats.totalFiltered();
        }
        if (stats.stash().imbalance() != 0) {
            return "the stash has an imbalance of " + stats.stash().imbalance();
        }
        return stats.pending() != 0
                ? count(stats.pending(), "event") + " pending, though the reader waits for events"
                : "delivered " + stats.delivered() + ", but the reader received " + received;
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
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
