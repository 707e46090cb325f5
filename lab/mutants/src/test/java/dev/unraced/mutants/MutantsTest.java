// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.conformance.mutant.MutantCatalogue;
import dev.unraced.conformance.mutant.MutantReport;
import dev.unraced.conformance.mutant.MutantResult;
import dev.unraced.conformance.mutant.MutantResult.Verdict;
import dev.unraced.conformance.mutant.MutantRunner;
import dev.unraced.conformance.mutant.MutantRunner.Scope;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The mutants. With the system property {@code mutants.quick}, the rules that it names judge a mutant first. */
class MutantsTest {
    /** Most of a mutant's time is spent waiting for what does not come. */
    private static final int AT_ONCE = 4;

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaughtByTheRulesThatItBreaksAlone() {
        Scope scope = Boolean.getBoolean("mutants.quick") ? Scope.OWN_RULES : Scope.EVERY_RULE;
        MutantReport report = MutantRunner.run(MutantCatalogue.all(), RulePattern.ALL, scope, AT_ONCE, result -> {});
        System.out.print(report.toText());
        return Stream.concat(
                Stream.of(dynamicTest(
                        "every rule has a mutant",
                        () -> assertThat(report.unproven()).isEmpty())),
                report.results().stream()
                        .map(result -> dynamicTest(result.mutant().name(), () -> assertCaught(result))));
    }

    @Test
    void everyMutantHasANameOfItsOwn() {
        List<Mutant> mutants = MutantCatalogue.all();
        assertThat(mutants).isNotEmpty().extracting(Mutant::name).doesNotHaveDuplicates();
    }

    private static void assertCaught(MutantResult result) {
        assertThat(result.verdict())
                .as("It %s. Failed: %s. %s", result.mutant().what(), result.failed(), result.reason())
                .isEqualTo(Verdict.CAUGHT);
    }
}
