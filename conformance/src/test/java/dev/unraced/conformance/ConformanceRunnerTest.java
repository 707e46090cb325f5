// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.event.Syscall;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

class ConformanceRunnerTest {

    @Test
    void reportsEveryRuleWithItsReason() {
        ConformanceReport report = ConformanceRunner.run("fake");
        assertThat(report.isConformant()).isFalse();
        assertThat(report.results())
                .filteredOn(result -> result.rule().startsWith("R6.1 "))
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.group()).isEqualTo("Stash");
                    assertThat(result.rule()).isEqualTo("R6.1 A thread that is killed in a call leaves no entry");
                    assertThat(result.status()).isEqualTo(Status.SKIPPED);
                    assertThat(result.reason()).isEqualTo("lacks OPENAT: this one watches other calls");
                    assertThat(result.took()).isPositive();
                });
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
    void runsNoOtherRulesThanThoseAskedFor() {
        List<RuleResult> seen = new ArrayList<>();
        ConformanceReport report =
                ConformanceRunner.run(FakeDriver::available, RulePattern.of("R15.*, r9.1"), seen::add);
        assertThat(report.driver()).isEqualTo("fake");
        assertThat(report.results())
                .hasSizeGreaterThan(8)
                .allMatch(result ->
                        result.rule().startsWith("R15.") || result.rule().startsWith("R9.1 "))
                .isEqualTo(seen);
    }

    @Test
    void aRuleByLengthHasAResultForEachLength() {
        ConformanceReport report = ConformanceRunner.run(FakeDriver::available, RulePattern.of("R10.1"), result -> {});
        assertThat(report.results())
                .hasSize(19)
                .allSatisfy(result -> {
                    assertThat(result.group()).isEqualTo("Open");
                    assertThat(result.number()).contains(new RuleNumber(10, 1));
                    assertThat(result.rule())
                            .matches("R10\\.1 A path of up to 4095 bytes arrives whole \\(\\d+ bytes\\)");
                    assertThat(result.broken()).contains(new RuleNumber(10, 1));
                    assertThat(result.reason()).isEqualTo("a fake captures nothing");
                })
                .extracting(RuleResult::rule)
                .contains("R10.1 A path of up to 4095 bytes arrives whole (4095 bytes)")
                .doesNotHaveDuplicates();
        assertThat(ConformanceRunner.rules(RulePattern.of("R10.1"))).containsExactly(new RuleNumber(10, 1));
        assertThat(ConformanceRunner.run(FakeDriver::available, RulePattern.of("R10.4"), result -> {})
                        .results())
                .hasSize(1);
    }

    @Test
    void knowsTheRulesThatItHas() {
        assertThat(ConformanceRunner.rules())
                .contains(new RuleNumber(1, 1), new RuleNumber(2, 15), new RuleNumber(15, 8))
                .hasSizeGreaterThan(60);
        assertThat(ConformanceRunner.rules(RulePattern.of("R99.*"))).isEmpty();
    }

    @Test
    void groupsTheReportByChapter() {
        ConformanceReport report = new ConformanceReport(
                "some",
                List.of(
                        new RuleResult("Order", "R6.1 Three", Status.BROKEN, "[expected] one\nbut two"),
                        new RuleResult("Open", "R1.10 Two", Status.SKIPPED, "lacks X: because"),
                        new RuleResult("Open", "R1.2 One", Status.KEPT, ""),
                        new RuleResult("Attack", "all rules", Status.SKIPPED, "cannot run")));
        assertThat(report.toText()).isEqualTo("""
                        Whole groups
                          SKIPPED Attack: all rules
                                  cannot run

                        1. One call, one event
                          KEPT    R1.2 One
                          SKIPPED R1.10 Two
                                  lacks X: because

                        6. An enter without an exit is reclaimed
                          BROKEN  R6.1 Three
                                  [expected] one
                                  but two

                        Broken:
                          BROKEN  R6.1 Three
                                  [expected] one
                                  but two

                        Driver some: 1 rules kept, 2 skipped, 1 broken.
                        """);
    }

    @Test
    void aReportNamesTheRuleThatATestOfAnotherFoundBroken() {
        RuleResult result = new RuleResult(
                "Open",
                "R2.1 One",
                Status.BROKEN,
                "R8.1: off by one",
                Duration.ZERO,
                0,
                Optional.empty(),
                Optional.of(new RuleNumber(8, 1)));
        assertThat(new ConformanceReport("some", List.of(result)).toText())
                .contains("  BROKEN  R2.1 One  (breaks R8.1)\n");
    }

    @Test
    void aReportSaysHowOftenARuleThatDependsOnLuckWasLucky() {
        assertThat(new ConformanceReport(
                                "some", List.of(stochastic(500, new Races(500, 498)), stochastic(0, Races.NONE)))
                        .toText())
                .contains("  KEPT    R2.41 One  (500 events, stochastic, 498 of 500 races won)\n")
                .contains("  KEPT    R2.41 One  (stochastic)\n");
    }

    private static RuleResult stochastic(long events, Races races) {
        return new RuleResult(
                "Assertion", "R2.41 One", Status.KEPT, "", Duration.ZERO, events, Optional.of(races), Optional.empty());
    }

    @Test
    void theMarkOfARuleIsInItsResultEvenWhenItDidNotRun() {
        ConformanceReport report = ConformanceRunner.run(
                new DiscoveredDriver(
                        new FakeDriver(
                                new Availability.Available(),
                                Capabilities.complete().without(Syscall.OPENAT, "opens nothing")),
                        Optional.empty()),
                RulePattern.of("R2.47,R3.5"),
                result -> {});
        assertThat(report.results())
                .extracting(result -> result.number().orElseThrow().toString(), RuleResult::races)
                .containsExactlyInAnyOrder(tuple("R2.47", Optional.of(Races.NONE)), tuple("R3.5", Optional.empty()));
    }

    @Test
    void writesWhatBuildServersRead() throws XMLStreamException {
        ConformanceReport report = new ConformanceReport(
                "some",
                List.of(
                        new RuleResult(
                                "Open",
                                "R1.2 \"One\"",
                                Status.KEPT,
                                "",
                                Duration.ofMillis(61_205),
                                7,
                                Optional.of(new Races(500, 498)),
                                Optional.empty()),
                        new RuleResult("Open", "R1.10 Two", Status.SKIPPED, "lacks X"),
                        new RuleResult("Open", "R1.11 Three", Status.BROKEN, "<a> \u0001")));
        StringWriter out = new StringWriter();
        JUnitXml.write(report, out);
        assertThat(out.toString().replace("><", ">\n<")).isEqualTo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="unraced conformance of driver some" tests="3" failures="1" skipped="1" errors="0" time="61.205">
                <testsuite name="1. One call, one event" tests="3" failures="1" skipped="1" errors="0" time="61.205">
                <testcase classname="some.Open" name="R1.2 &quot;One&quot;" time="61.205">
                <properties>
                <property name="events" value="7"/>
                <property name="stochastic" value="true"/>
                <property name="rounds" value="500"/>
                <property name="won" value="498"/>
                </properties>
                </testcase>
                <testcase classname="some.Open" name="R1.10 Two" time="0.000">
                <skipped message="lacks X"/>
                </testcase>
                <testcase classname="some.Open" name="R1.11 Three" time="0.000">
                <failure type="R1.11">&lt;a&gt; \ufffd</failure>
                </testcase>
                </testsuite>
                </testsuites>""");
    }
}
