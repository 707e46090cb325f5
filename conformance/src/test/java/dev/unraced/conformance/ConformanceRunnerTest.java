// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.conformance.RuleResult.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConformanceRunnerTest {

    @Test
    void reportsEveryRuleWithItsReason() {
        ConformanceReport report = ConformanceRunner.run("fake");
        assertThat(report.isConformant()).isFalse();
        assertThat(report.results())
                .contains(new RuleResult(
                        "Stash",
                        "R6.1 A thread that is killed in a call leaves no entry",
                        Status.SKIPPED,
                        "lacks OPENAT: this one watches other calls"));
        assertThat(report.results())
                .filteredOn(result -> result.rule().startsWith("R2.10 "))
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.status()).isEqualTo(Status.BROKEN);
                    assertThat(result.reason()).contains("a fake captures nothing");
                });
        assertThat(report.count(Status.KEPT)).isZero();
        assertThat(report.results()).hasSizeGreaterThan(60);
    }

    @Test
    void refusesADriverThatIsNotThere() {
        assertThatThrownBy(() -> ConformanceRunner.run("ebfp"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fake");
    }

    @Test
    void printsOneLineForEachRuleAndOneForAll() {
        ConformanceReport report = new ConformanceReport(
                "some",
                List.of(
                        new RuleResult("Open", "R1.1 One", Status.KEPT, ""),
                        new RuleResult("Open", "R1.2 Two", Status.SKIPPED, "lacks X: because"),
                        new RuleResult("Stash", "R6.1 Three", Status.BROKEN, "[expected] one\nbut two")));
        assertThat(report.toText()).isEqualTo("""
                        KEPT    Open       R1.1 One
                        SKIPPED Open       R1.2 Two
                                lacks X: because
                        BROKEN  Stash      R6.1 Three
                                [expected] one
                                but two
                        Driver some: 1 rules kept, 1 skipped, 1 broken.
                        """);
    }
}
