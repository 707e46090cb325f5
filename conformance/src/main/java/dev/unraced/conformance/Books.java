// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.driver.CaptureStats;

/** The books of a capture as rule 8 has them. */
final class Books {
    private Books() {}

    /** Whether nothing is on its way: all that returned is accounted for, and the reader has it. */
    static boolean atRest(CaptureStats stats, long received) {
        return stats.imbalance() == 0
                && stats.pending() == 0
                && stats.delivered() == received
                && stats.stash().imbalance() == 0;
    }

    /** Why the books are not at rest, with the number of the rule that wants it. */
    static String unrest(CaptureStats stats, long received) {
        String seen = ": the books do not come to rest: " + stats + ", received " + received;
        if (stats.imbalance() != 0) {
            return "R8.1" + seen;
        }
        return (stats.stash().imbalance() != 0 ? "R8.2" : "R1.1") + seen;
    }

    static void assertClosed(CaptureStats stats) {
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
