// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.List;

/**
 * What became of all rules.
 *
 * @param driver name of the driver
 * @param results one for each rule, in the order in which they ran
 */
public record ConformanceReport(String driver, List<RuleResult> results) {

    public ConformanceReport {
        results = List.copyOf(results);
    }

    /** Whether no rule is broken. */
    public boolean isConformant() {
        return count(RuleResult.Status.BROKEN) == 0;
    }

    public long count(RuleResult.Status status) {
        return results.stream().filter(result -> result.status() == status).count();
    }

    /** One line for each rule, and one for all. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        for (RuleResult result : results) {
            text.append("%-7s %-10s %s%n".formatted(result.status(), result.group(), result.rule()));
            if (!result.reason().isEmpty()) {
                text.append(result.reason().indent(8));
            }
        }
        return text.append("Driver %s: %d rules kept, %d skipped, %d broken.%n"
                        .formatted(
                                driver,
                                count(RuleResult.Status.KEPT),
                                count(RuleResult.Status.SKIPPED),
                                count(RuleResult.Status.BROKEN)))
                .toString();
    }
}
