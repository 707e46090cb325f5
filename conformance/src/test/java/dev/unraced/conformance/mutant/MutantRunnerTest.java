// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.FakeDriver;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.mutant.MutantResult.Verdict;
import dev.unraced.conformance.mutant.MutantRunner.Scope;
import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.driver.Driver;
import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MutantRunnerTest {
    /** The only rule left for a fake that lacks every call but one. The fake opens nothing, and so breaks it. */
    private static final String NEEDS_CREAT_ALONE = "R2.10";

    @Test
    void aMutantIsCaughtByTheRulesThatItBreaks() {
        MutantResult result = judge(mutant("none opens", NEEDS_CREAT_ALONE));
        assertThat(result.failed()).containsExactly(new RuleNumber(1, 1), new RuleNumber(2, 10));
        assertThat(result.verdict()).isEqualTo(Verdict.ALSO);
        assertThat(judge(mutant("none opens", NEEDS_CREAT_ALONE, "R1.1")).verdict())
                .isEqualTo(Verdict.CAUGHT);
        assertThat(judge(mutant("none opens", NEEDS_CREAT_ALONE, "R1.1", "R9.1"))
                        .verdict())
                .isEqualTo(Verdict.MISSED);
    }

    @Test
    void itsOwnRulesDoNotNoticeWhatElseItBreaks() {
        MutantResult result = judge(mutant("none opens", NEEDS_CREAT_ALONE), Scope.OWN_RULES);
        assertThat(result.failed()).containsExactly(new RuleNumber(2, 10));
        assertThat(result.verdict()).isEqualTo(Verdict.CAUGHT);
    }

    @Test
    void allRulesJudgeWhatItsOwnDoNotNotice() {
        MutantResult result = judge(mutant("none opens", "R9.1"), Scope.OWN_RULES);
        assertThat(result.failed()).containsExactly(new RuleNumber(1, 1), new RuleNumber(2, 10));
        assertThat(result.verdict()).isEqualTo(Verdict.MISSED);
    }

    @Test
    void otherRulesJudgeOnlyUntilThoseThatItBreaksFailed() {
        Mutant mutant = mutant("none opens", "R1.1");
        MutantResult result = judge(mutant, Scope.OWN_RULES);
        assertThat(result.failed()).contains(new RuleNumber(1, 1));
        assertThat(result.skipped()).isLessThan(judge(mutant).skipped());
    }

    @Test
    void aMutantThatCannotRunIsMissed() {
        Mutant absent = new Mutant("absent", "is not there", Set.of("R1.1"), () -> FakeDriver::unavailable);
        MutantResult result = judge(absent);
        assertThat(result.verdict()).isEqualTo(Verdict.MISSED);
        assertThat(result.failed()).isEmpty();
        assertThat(result.skipped()).isPositive();
    }

    @Test
    void reportsTheRulesThatNoMutantBreaks() {
        List<MutantResult> seen = new ArrayList<>();
        MutantReport report = MutantRunner.run(
                List.of(mutant("first", "R2.10", "R1.1"), mutant("second", "R2.10")),
                RulePattern.ALL,
                Scope.EVERY_RULE,
                2,
                seen::add);
        assertThat(report.results())
                .extracting(result -> result.mutant().name())
                .containsExactly("first", "second");
        assertThat(seen).containsExactlyInAnyOrderElementsOf(report.results());
        assertThat(report.unproven())
                .contains(new RuleNumber(9, 1))
                .doesNotContain(new RuleNumber(1, 1), new RuleNumber(2, 10));
        assertThat(report.isComplete()).isFalse();
        assertThat(report.toText())
                .contains("CAUGHT first  breaks R1.1 R2.10; failed: R1.1 R2.10\n")
                .contains("ALSO   second breaks R2.10; failed: R1.1 R2.10\n       It opens nothing.")
                .contains("Rules without a mutant: R1.2 ")
                .contains("2 mutants: 1 caught, 1 caught by other rules also, 0 missed;");
    }

    @Test
    void asksOnlyForTheRulesThatWereChosen() {
        List<Mutant> mutants = List.of(mutant("first", "R2.10"), mutant("second", "R3.1"));
        MutantReport report = MutantRunner.run(mutants, RulePattern.of("R2.10"), Scope.EVERY_RULE, 1, result -> {});
        assertThat(report.results()).hasSize(1);
        assertThat(report.unproven()).isEmpty();
        assertThat(report.isComplete()).isTrue();
    }

    @Test
    void aMissedMutantOrAnUnprovenRuleIsAGap() {
        MutantResult missed = new MutantResult(mutant("first", "R2.10"), new TreeSet<>(), 0, "");
        assertThat(new MutantReport(List.of(missed), new TreeSet<>()).isComplete())
                .isFalse();
        assertThat(new MutantReport(List.of(), new TreeSet<>(Set.of(new RuleNumber(1, 1)))).isComplete())
                .isFalse();
        assertThat(new MutantReport(List.of(), new TreeSet<>()).isComplete()).isTrue();
    }

    @Test
    void aMutantHasToBreakARule() {
        assertThatThrownBy(() -> mutant("useless")).hasMessageContaining("useless");
        assertThatThrownBy(() -> mutant("vague", "rule one")).hasMessageContaining("rule one");
    }

    @Test
    void thereAreNoMutantsWithoutACatalogue() {
        assertThat(MutantCatalogue.all()).isEmpty();
    }

    private static MutantResult judge(Mutant mutant) {
        return judge(mutant, Scope.EVERY_RULE);
    }

    private static MutantResult judge(Mutant mutant, Scope scope) {
        return MutantRunner.run(List.of(mutant), RulePattern.ALL, scope, 1, result -> {})
                .results()
                .get(0);
    }

    private static Mutant mutant(String name, String... rules) {
        Driver driver = new FakeDriver(FakeDriver.available().found(), creatAlone());
        return new Mutant(name, "opens nothing", Set.of(rules), () -> () -> driver);
    }

    private static Capabilities creatAlone() {
        Capabilities capabilities = Capabilities.complete();
        for (Capability other : Stream.of(Syscall.values())
                .filter(call -> call != Syscall.CREAT)
                .toList()) {
            capabilities = capabilities.without(other, "this one watches creat");
        }
        return capabilities;
    }
}
