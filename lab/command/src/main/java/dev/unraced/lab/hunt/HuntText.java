// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.hunt;

import dev.unraced.hunt.Verdict;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results of a hunt, for people. */
public final class HuntText {
    private HuntText() {}

    /** Returns some lines about a result. */
    public static String of(HuntResult result) {
        Verdict verdict = result.verdict();
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s, %s: %d programs, seeds %d to %d%n",
                result.driver(),
                result.mode().name().toLowerCase(Locale.ROOT),
                result.programs(),
                result.firstSeed(),
                result.firstSeed() + Math.max(0, result.programs() - 1)));
        text.append(String.format(
                Locale.ROOT,
                "  acts %d, judged %d, witnessed in the kernel %d, assertions %d, lies %d%n",
                verdict.acts(),
                verdict.judgedActs(),
                verdict.testifiedActs(),
                verdict.assertions(),
                verdict.lies().size()));
        text.append("  witness in the kernel: ")
                .append(
                        result.missedByWitness().isPresent()
                                ? result.missedByWitness().getAsLong() + " records lost"
                                : "none")
                .append('\n');
        text.append("  not known:  ").append(counts(verdict.excluded())).append('\n');
        text.append("  marked:     ").append(counts(verdict.marked())).append('\n');
        if (result.cut() > 0) {
            text.append("  stopped at their deadline: ").append(result.cut()).append(" programs\n");
        }
        result.imbalance()
                .ifPresent(imbalance -> text.append("  ").append(imbalance).append('\n'));
        result.found().forEach(found -> append(text, found));
        return text.toString();
    }

    private static void append(StringBuilder text, FoundLie found) {
        text.append(String.format(
                Locale.ROOT,
                "%nLIE, %d times, first by seed %d: %s%n",
                found.count(),
                found.seed(),
                found.lie().summary()));
        text.append("  ").append(found.lie().deed()).append('\n');
        found.lie().event().ifPresent(event -> text.append("  ").append(event).append('\n'));
        found.shortest()
                .ifPresent(shortest -> text.append("The shortest program that shows it:\n")
                        .append(shortest.program().indent(2))
                        .append("What happened in it:\n")
                        .append(shortest.timeline()));
        found.file()
                .ifPresent(file -> text.append("Again: unraced lab hunt --program ")
                        .append(file)
                        .append('\n'));
    }

    private static String counts(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
