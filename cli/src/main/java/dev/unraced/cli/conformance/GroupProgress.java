// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.conformance;

import dev.unraced.conformance.RuleResult;
import dev.unraced.conformance.RuleResult.Status;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;

/** Prints a line for each group of rules as soon as it is judged, and for each broken rule, for users at a terminal. */
public final class GroupProgress {
    private final PrintStream err;
    private final boolean shown;
    private final Map<Status, Integer> counts = new EnumMap<>(Status.class);
    private String group = "";

    public GroupProgress(PrintStream err, boolean shown) {
        this.err = err;
        this.shown = shown;
    }

    /** Adds one result; the results of a group follow each other. */
    public void accept(RuleResult result) {
        if (!result.group().equals(group)) {
            end();
            group = result.group();
        }
        counts.merge(result.status(), 1, Integer::sum);
        if (shown && result.status() == Status.BROKEN) {
            err.printf(
                    "BROKEN     %s%s (%.1f s)%n",
                    result.number().isPresent() ? "" : result.group() + ": ",
                    result.rule(),
                    result.took().toMillis() / 1e3);
        }
    }

    /** Shows the last group. */
    public void end() {
        if (shown && !counts.isEmpty()) {
            String unplayed = count(Status.NOT_PLAYED) == 0 ? "" : count(Status.NOT_PLAYED) + " not played, ";
            String failed =
                    count(Status.ERROR) == 0 ? "" : count(Status.ERROR) + " not judged by an error of the kit's, ";
            err.printf(
                    "%-10s %d kept, %d skipped, %s%s%d broken%n",
                    group,
                    count(Status.KEPT),
                    count(Status.SKIPPED) + count(Status.NOT_APPLICABLE),
                    unplayed,
                    failed,
                    count(Status.BROKEN));
        }
        counts.clear();
    }

    private int count(Status status) {
        return counts.getOrDefault(status, 0);
    }
}
