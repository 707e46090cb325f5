// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.abortedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.unraced.conformance.FakeDriver;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Rules are kept only by what they saw: events of their own calls, and races that somebody won. */
class RuleEvidenceTest {

    @Test
    void aRuleThatSawNoEventIsNotPlayed() {
        run(Blind.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                test("r99_5_sawNothing"),
                                abortedWithReason(
                                        instanceOf(NotPlayed.class),
                                        message("no event of the kit's own calls came, so nothing was judged"))))
                .haveExactly(
                        1,
                        event(
                                test("r99_6_isAboutSomethingElse"),
                                abortedWithReason(instanceOf(NotApplicable.class), message("no such thing"))));
    }

    @Test
    void aRuleWithARaceIsMarkedAndItsRacesArePublished() {
        EngineExecutionResults results = run(Lucky.class);
        results.testEvents()
                .assertThatEvents()
                .haveExactly(1, event(test("r99_7_isMarked"), finishedSuccessfully()))
                .haveExactly(
                        1,
                        event(test("r99_8_isNotMarked"), finishedWithFailure(instanceOf(IllegalStateException.class))));
        assertThat(results.testEvents()
                        .reportingEntryPublished()
                        .map(entry ->
                                entry.getRequiredPayload(ReportEntry.class).getKeyValuePairs()))
                .contains(Map.of(RuleExtension.ROUNDS, "20", RuleExtension.WON, "3"));
    }

    @Test
    void aRuleWhoseRacesWereAllLostIsNotPlayed() {
        EngineExecutionResults results = run(Unlucky.class);
        results.testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                test("r99_9_losesAllRaces"),
                                abortedWithReason(
                                        instanceOf(NotPlayed.class),
                                        message("the attacker lost all 20 races, so nothing was judged"))))
                .haveExactly(
                        1,
                        event(
                                test("r99_10_losesAllRacesAndIsBroken"),
                                finishedWithFailure(instanceOf(AssertionError.class))));
        assertThat(results.testEvents()
                        .reportingEntryPublished()
                        .map(entry ->
                                entry.getRequiredPayload(ReportEntry.class).getKeyValuePairs()))
                .containsOnly(Map.of(RuleExtension.ROUNDS, "20", RuleExtension.WON, "0"));
    }

    static class Blind extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }

        @Test
        public final void r99_5_sawNothing() {
            assertThat(evidence().events()).isZero();
        }

        @Test
        public final void r99_6_isAboutSomethingElse() {
            if (evidence().events() == 0) {
                throw new NotApplicable("no such thing");
            }
        }
    }

    static class Lucky extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }

        @Test
        @Stochastic
        public final void r99_7_isMarked() {
            race();
        }

        @Test
        public final void r99_8_isNotMarked() {
            race();
        }

        private void race() {
            evidence().race(20, 3);
            evidence().add(1);
            assertThat(evidence().won()).isEqualTo(3);
        }
    }

    static class Unlucky extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }

        @Test
        @Stochastic
        public final void r99_9_losesAllRaces() {
            evidence().race(20, 0);
            evidence().add(20);
            assertThat(evidence().won()).isZero();
        }

        @Test
        @Stochastic
        public final void r99_10_losesAllRacesAndIsBroken() {
            evidence().race(20, 0);
            evidence().add(20);
            assertThat(evidence().won()).isPositive();
        }
    }

    private static EngineExecutionResults run(Class<?> rules) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(rules))
                .execute();
    }
}
