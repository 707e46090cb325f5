// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import dev.unraced.conformance.mutant.MutantResult.Verdict;
import dev.unraced.conformance.spec.RuleNumber;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The results of all mutants.
 *
 * @param results one result for each mutant
 * @param unproven rules of the kit that no mutant breaks, so their tests are not known to be able to fail
 */
public record MutantReport(List<MutantResult> results, NavigableSet<RuleNumber> unproven) {

    public MutantReport {
        results = List.copyOf(results);
        unproven = Collections.unmodifiableNavigableSet(new TreeSet<>(unproven));
    }

    /** Returns whether every rule of the kit has a mutant, and the rules that each mutant breaks catch it. */
    public boolean isComplete() {
        return unproven.isEmpty() && count(Verdict.MISSED) == 0;
    }

    public long count(Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).count();
    }

    /** Returns a table of the mutants, the rules without a mutant, and a line of totals. */
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
