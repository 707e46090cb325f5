// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What the kit made of a mutant.
 *
 * @param mutant the mutant
 * @param failed numbers of the rules that it did not keep
 * @param skipped how many rules it skipped; all of them where the mutant cannot run
 * @param reason why a rule failed, one that should not have if there is one; empty when none did
 */
public record MutantResult(Mutant mutant, NavigableSet<RuleNumber> failed, long skipped, String reason) {

    /** How well a mutant was caught. */
    public enum Verdict {
        /** By the rules that it breaks, and no other. */
        CAUGHT,
        /** By the rules that it breaks, and by others. */
        ALSO,
        /** A rule that it breaks did not notice. */
        MISSED
    }

    public MutantResult {
        failed = Collections.unmodifiableNavigableSet(new TreeSet<>(failed));
    }

    /** The numbers of the rules that the mutant says to break. */
    public NavigableSet<RuleNumber> expected() {
        NavigableSet<RuleNumber> numbers = new TreeSet<>();
        mutant.rules().forEach(rule -> numbers.add(RuleNumber.of(rule)));
        return numbers;
    }

    public Verdict verdict() {
        if (!failed.containsAll(expected())) {
            return Verdict.MISSED;
        }
        return failed.size() > expected().size() ? Verdict.ALSO : Verdict.CAUGHT;
    }
}
