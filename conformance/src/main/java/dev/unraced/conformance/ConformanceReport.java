// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.RuleResult.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The results of all rules.
 *
 * @param driver name of the driver
 * @param results one result for each rule, in the order in which they ran
 */
public record ConformanceReport(String driver, List<RuleResult> results) {
    private static final int REASON_INDENT = 10;
    private static final Comparator<RuleResult> BY_NUMBER =
            Comparator.comparing(result -> result.number().orElse(new RuleNumber(0, 0)));

    public ConformanceReport {
        results = List.copyOf(results);
    }

    /** Returns whether no rule is broken. */
    public boolean isConformant() {
        return count(Status.BROKEN) == 0;
    }

    public long count(Status status) {
        return results.stream().filter(result -> result.status() == status).count();
    }

    /**
     * Returns the results by chapter, each in the order of the rule numbers; chapter 0 has the results of whole groups.
     */
    public Map<Integer, List<RuleResult>> byChapter() {
        Map<Integer, List<RuleResult>> chapters = new TreeMap<>();
        for (RuleResult result : results) {
            int chapter = result.number().map(RuleNumber::chapter).orElse(0);
            chapters.computeIfAbsent(chapter, any -> new ArrayList<>()).add(result);
        }
        chapters.values().forEach(chapter -> chapter.sort(BY_NUMBER));
        return chapters;
    }

    /** Returns a heading for each chapter, a line for each rule, with its reason if any, and a line of totals. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        byChapter().forEach((chapter, rules) -> {
            text.append(chapter == 0 ? "Whole groups" : Chapter.heading(chapter))
                    .append('\n');
            rules.forEach(rule -> append(text, rule));
            text.append('\n');
        });
        return text.append("Driver %s: %d rules kept, %d skipped, %d broken.\n"
                        .formatted(driver, count(Status.KEPT), count(Status.SKIPPED), count(Status.BROKEN)))
                .toString();
    }

    private static void append(StringBuilder text, RuleResult result) {
        String group = result.number().isPresent() ? "" : result.group() + ": ";
        text.append("  %-7s %s%s\n".formatted(result.status(), group, result.rule()));
        if (!result.reason().isEmpty()) {
            text.append(result.reason().strip().indent(REASON_INDENT));
        }
    }
}
