// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.spec.RuleNumber;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** Returns whether no rule is broken, and the kit itself did not fail. */
    public boolean isConformant() {
        return count(Status.BROKEN) + count(Status.ERROR) == 0;
    }

    /** Returns whether any rule was put to the test. A driver of which nothing was judged is no good driver. */
    public boolean isJudged() {
        return count(Status.KEPT) + count(Status.BROKEN) > 0;
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

    /**
     * Returns a heading for each chapter, a line for each rule, with its reason if any, the broken rules and the kit's
     * errors once more, and a line of totals.
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        byChapter().forEach((chapter, rules) -> {
            text.append(chapter == 0 ? "Whole groups" : Chapter.heading(chapter))
                    .append('\n');
            rules.forEach(rule -> append(text, rule));
            text.append('\n');
        });
        if (!isConformant()) {
            repeat(text, "Broken:", Status.BROKEN);
            repeat(text, "Not judged, since the kit's own part failed:", Status.ERROR);
        }
        return text.append("Driver %s: %s.\n".formatted(driver, totals())).toString();
    }

    /** Returns the number of rules of each status; those that are neither kept, skipped nor broken only if any are. */
    public String totals() {
        return "%d rules kept, %d skipped, %s%s%s%d broken"
                .formatted(
                        count(Status.KEPT),
                        count(Status.SKIPPED),
                        some(Status.NOT_APPLICABLE, "not applicable"),
                        some(Status.NOT_PLAYED, "not played"),
                        some(Status.ERROR, "not judged by an error of the kit's"),
                        count(Status.BROKEN));
    }

    private void repeat(StringBuilder text, String heading, Status status) {
        if (count(status) > 0) {
            text.append(heading).append('\n');
            results.stream().filter(result -> result.status() == status).forEach(rule -> append(text, rule));
            text.append('\n');
        }
    }

    private String some(Status status, String words) {
        return count(status) == 0 ? "" : count(status) + " " + words + ", ";
    }

    private static String evidence(RuleResult result) {
        List<String> parts = new ArrayList<>();
        if (result.evidence() > 0) {
            parts.add(result.evidence() + " events");
        }
        result.races().ifPresent(races -> {
            parts.add("stochastic");
            if (races.rounds() > 0) {
                parts.add(races.won() + " of " + races.rounds() + " races won");
            }
        });
        return parts.isEmpty() ? "" : "  (" + String.join(", ", parts) + ")";
    }

    private static void append(StringBuilder text, RuleResult result) {
        String group = result.number().isPresent() ? "" : result.group() + ": ";
        String status = result.status().name().replace('_', ' ');
        // A test can come upon a breach of another rule than its own.
        String other = result.broken()
                .filter(broken -> !result.number().equals(Optional.of(broken)))
                .map(broken -> "  (breaks " + broken + ")")
                .orElse("");
        text.append("  %-7s %s%s%s%s\n".formatted(status, group, result.rule(), evidence(result), other));
        if (!result.reason().isEmpty()) {
            text.append(ShortReason.of(result.reason()).indent(REASON_INDENT));
        }
    }
}
