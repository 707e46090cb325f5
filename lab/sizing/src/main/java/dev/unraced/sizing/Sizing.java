// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.util.List;

/**
 * The results of stashes of several sizes in one scenario.
 *
 * @param scenario the scenario
 * @param wantedLoss the share of events without their enter that is acceptable, 0 to 1
 * @param rows by policy, then by latency, then by size
 * @param advice one per policy and latency
 */
public record Sizing(ScaleScenario scenario, double wantedLoss, List<SizingRow> rows, List<Advice> advice) {

    /** Copies the lists. */
    public Sizing {
        rows = List.copyOf(rows);
        advice = List.copyOf(advice);
    }
}
