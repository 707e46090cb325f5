// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import dev.unraced.conformance.spec.RuleNumber;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The result of the kit for a mutant.
 *
 * @param mutant the mutant
 * @param failed numbers of the rules that failed
 * @param skipped the number of skipped rules; all of them where the mutant cannot run
 * @param reason why a rule failed, preferably an unexpected one; empty when none failed
 */
public record MutantResult(Mutant mutant, NavigableSet<RuleNumber> failed, long skipped, String reason) {

    /** The possible verdicts on how well the kit caught a mutant. */
    public enum Verdict {
        /** Exactly the rules that the mutant breaks failed. */
        CAUGHT,
        /** The rules that the mutant breaks failed, and others did, too. */
        ALSO,
        /** A rule that the mutant breaks did not fail. */
        MISSED
    }

    public MutantResult {
        failed = Collections.unmodifiableNavigableSet(new TreeSet<>(failed));
    }

    /** Returns the numbers of the rules that the mutant declares to break. */
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
