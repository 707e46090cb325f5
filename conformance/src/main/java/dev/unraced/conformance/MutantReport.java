// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.MutantResult.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the kit made of all mutants.
 *
 * @param results one for each mutant
 * @param unproven rules of the kit that no mutant breaks, so that nothing shows that they can fail
 */
public record MutantReport(List<MutantResult> results, NavigableSet<RuleNumber> unproven) {

    public MutantReport {
        results = List.copyOf(results);
        unproven = Collections.unmodifiableNavigableSet(new TreeSet<>(unproven));
    }

    /** Whether every rule of the kit has a mutant, and every mutant is caught by the rules that it breaks. */
    public boolean isComplete() {
        return unproven.isEmpty() && count(Verdict.MISSED) == 0;
    }

    public long count(Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).count();
    }

    /** A table of the mutants, the rules without one, and a line for all. */
    public String toText() {
        int width = results.stream()
                .mapToInt(result -> result.mutant().name().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (MutantResult result : results) {
            text.append("%-6s %-*s breaks %s; failed: %s\n"
                    .replace("*", Integer.toString(Math.max(1, width)))
                    .formatted(
                            result.verdict(),
                            result.mutant().name(),
                            join(result.expected()),
                            result.failed().isEmpty() ? "none" : join(result.failed())));
            if (result.verdict() != Verdict.CAUGHT) {
                text.append(("It " + result.mutant().what() + ". " + result.reason())
                        .strip()
                        .indent(7));
            }
        }
        if (!unproven.isEmpty()) {
            text.append("Rules without a mutant: ").append(join(unproven)).append('\n');
        }
        return text.append(
                        "%d mutants: %d caught, %d caught by other rules also, %d missed; %d rules without a mutant.\n"
                                .formatted(
                                        results.size(),
                                        count(Verdict.CAUGHT),
                                        count(Verdict.ALSO),
                                        count(Verdict.MISSED),
                                        unproven.size()))
                .toString();
    }

    private static String join(NavigableSet<RuleNumber> numbers) {
        return numbers.stream().map(RuleNumber::toString).collect(Collectors.joining(" "));
    }
}
