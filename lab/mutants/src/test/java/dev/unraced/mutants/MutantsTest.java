// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.conformance.mutant.MutantCatalogue;
import dev.unraced.conformance.mutant.MutantReport;
import dev.unraced.conformance.mutant.MutantResult.Verdict;
import dev.unraced.conformance.mutant.MutantRunner;
import java.util.List;
import org.junit.jupiter.api.Test;

class MutantsTest {
    /** Most of a mutant's time is spent waiting for what does not come. */
    private static final int AT_ONCE = 4;

    @Test
    void everyRuleHasAMutantAndEveryMutantIsCaughtByTheRulesThatItBreaksAlone() {
        MutantReport report = MutantRunner.run(MutantCatalogue.all(), RulePattern.ALL, AT_ONCE, result -> {});
        System.out.print(report.toText());
        assertThat(report.unproven()).as(report.toText()).isEmpty();
        assertThat(report.results())
                .as(report.toText())
                .isNotEmpty()
                .allMatch(result -> result.verdict() == Verdict.CAUGHT);
    }

    @Test
    void everyMutantHasANameOfItsOwn() {
        List<Mutant> mutants = MutantCatalogue.all();
        assertThat(mutants).extracting(Mutant::name).doesNotHaveDuplicates();
    }
}
