// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.scenario.StatsCheck;
import dev.unraced.conformance.spec.RuleNumber;
import dev.unraced.conformance.spec.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.MultipleFailuresError;
import org.opentest4j.TestAbortedException;

/** Tests which rule a failure counts against. */
class BlameTest {
    private static final StashStats BALANCED =
            StashStats.builder().puts(3).takes(2).reclaimed(1).capacity(8).build();

    @Test
    void aFailureCountsForTheRuleOfItsViolation() {
        assertThat(broken(Violation.of("R8.1", "the accounts do not balance"))).contains(new RuleNumber(8, 1));
        assertThat(broken(new AssertionError("consuming failed", Violation.of("R9.2", "a number comes again"))))
                .contains(new RuleNumber(9, 2));
        assertThat(broken(new MultipleFailuresError(
                        "soft", List.of(Violation.of("R10.1", "7 bytes"), new AssertionError("another")))))
                .contains(new RuleNumber(10, 1));
        SoftAssertions soft = new SoftAssertions();
        soft.check(() -> Violation.unless("R1.11", () -> assertThat(1).isEqualTo(2)));
        soft.assertThat(true).isFalse();
        assertThat(broken(thrownBy(soft::assertAll))).contains(new RuleNumber(1, 11));
    }

    @Test
    void aFailureThatNamesNoRuleCountsForTheOneThatWasTested() {
        for (Throwable plain : List.of(
                new AssertionError(),
                new AssertionError("R8.1: a text is no violation"),
                new IllegalStateException("no answer", new IOException("R8.1")),
                new MultipleFailuresError("soft", List.of()),
                new MultipleFailuresError("soft", List.of(new AssertionError("own"), Violation.of("R8.1", "later"))),
                suppressing(new AssertionError("own"), Violation.of("R8.1", "while the scenario closed")))) {
            assertThat(broken(plain)).as(plain.toString()).contains(new RuleNumber(2, 1));
        }
    }

    @Test
    void aFailureOfTheKitsOwnPartBreaksNoRule() {
        RuleResult failed = collected(
                "R2.1 A path",
                TestDescriptor.Type.TEST,
                TestExecutionResult.failed(new ActorException("the kit's own load failed, no rule was judged")));
        assertThat(failed.status()).isEqualTo(Status.ERROR);
        assertThat(failed.broken()).isEmpty();
        ConformanceReport report = new ConformanceReport("some", List.of(failed));
        assertThat(report.isConformant()).isFalse();
        assertThat(report.isJudged()).isFalse();
        assertThat(report.toText())
                .contains("  ERROR   R2.1 A path\n", "1 not judged by an error of the kit's, 0 broken");
    }

    @Test
    void aCallOfTheActorsThatEndsOtherwiseIsTheKitsFailure() {
        Outcome outcome = new Outcome(new Reply("ok result=-13"));
        assertThat(outcome.requireResult(-13, "an open")).isSameAs(outcome);
        Throwable otherwise = thrownBy(() -> outcome.requireResult(-2, "an open of /a"));
        assertThat(otherwise).hasMessage("the actor's part failed: an open of /a returned -13 instead of -2");
        Throwable failed = thrownBy(() -> outcome.requireSuccess("an open of /a"));
        assertThat(failed).hasMessage("the actor's part failed: an open of /a returned -13");
        Throwable unanswered = thrownBy(outcome::tid);
        assertThat(unanswered).hasMessageContaining("no 'tid'");
        for (Throwable kits : List.of(otherwise, failed, unanswered)) {
            RuleResult result = collected("R2.1 A path", TestDescriptor.Type.TEST, TestExecutionResult.failed(kits));
            assertThat(result.status()).isEqualTo(Status.ERROR);
            assertThat(result.broken()).isEmpty();
        }
        assertThat(new Outcome(new Reply("ok result=3"))
                        .requireSuccess("an open")
                        .result())
                .isEqualTo(3);
    }

    @Test
    void aGroupThatCannotBeginBreaksNoRule() {
        RuleResult group = collected(
                "Opens", TestDescriptor.Type.CONTAINER, TestExecutionResult.failed(new AssertionError("no driver")));
        assertThat(group.rule()).isEqualTo("all rules");
        assertThat(group.status()).isEqualTo(Status.BROKEN);
        assertThat(group.broken()).isEmpty();
    }

    @Test
    void whatIsKeptOrSkippedIsNotBroken() {
        assertThat(collected("R2.1 A path", TestDescriptor.Type.TEST, TestExecutionResult.successful())
                        .broken())
                .isEmpty();
        RuleResult skipped = collected(
                "R2.1 A path",
                TestDescriptor.Type.TEST,
                TestExecutionResult.aborted(new TestAbortedException("lacks", Violation.of("R8.1", "lacks"))));
        assertThat(skipped.status()).isEqualTo(Status.SKIPPED);
        assertThat(skipped.broken()).isEmpty();
    }

    @Test
    void aViolationHasTheMessageAndTheFailureOfItsAssertion() {
        Throwable thrown = thrownBy(() ->
                Violation.unless("R2.9", () -> assertThat(1).as("the mode").isEqualTo(2)));
        assertThat(thrown)
                .isInstanceOf(Violation.class)
                .hasMessageStartingWith("R2.9: [the mode]")
                .hasMessageContaining("expected: 2")
                .cause()
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("[the mode]");
        Violation.unless("R2.9", () -> assertThat(List.of()).isEmpty());
        assertThatThrownBy(() -> Violation.unless("R2.x", () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theViolationOfAHelpersRuleStaysWhatItIs() {
        Violation helpers = Violation.of("R1.2", "an open became an event of another call");
        Throwable thrown = thrownBy(() -> Violation.unless("R2.13", () -> {
            throw helpers;
        }));
        assertThat(thrown).isSameAs(helpers);
    }

    @Test
    void theFirstOfSeveralViolationsDecides() {
        Violation several = Violation.first(List.of(Violation.of("R9.2", "one"), Violation.of("R2.8", "two")));
        assertThat(several.rule()).isEqualTo(new RuleNumber(9, 2));
        assertThat(several).hasMessage("R9.2: one\nR2.8: two");
        assertThatThrownBy(() -> Violation.first(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void accountsSayWhichRuleTheyBreak() {
        StashStats unbalanced =
                StashStats.builder().puts(4).takes(2).reclaimed(1).capacity(8).build();
        assertThat(broken(unrest(stats(5, 3, BALANCED), 3))).contains(new RuleNumber(8, 1));
        assertThat(broken(unrest(stats(4, 3, unbalanced), 3))).contains(new RuleNumber(8, 2));
        assertThat(broken(unrest(stats(4, 3, BALANCED), 2))).contains(new RuleNumber(1, 1));
        assertThat(unrest(stats(5, 3, BALANCED), 3))
                .hasMessageContaining(
                        ": 1 event missing: returned 5, but delivered 3, pending 0, lost 1, filtered 0. ");
        assertThat(unrest(stats(3, 4, BALANCED), 4))
                .hasMessageContaining(
                        ": 2 events too many: returned 3, but delivered 4, pending 0, lost 1, filtered 0. ");
        assertThat(unrest(stats(4, 3, BALANCED), 2))
                .hasMessageContaining(": delivered 3, but the reader received 2. ")
                .hasMessageEndingWith(", after 7 ms");
        assertThat(broken(thrownBy(() -> StatsCheck.assertClosed(stats(5, 3, BALANCED)))))
                .contains(new RuleNumber(8, 1));
        assertThat(broken(thrownBy(() -> StatsCheck.assertClosed(stats(4, 3, unbalanced)))))
                .contains(new RuleNumber(8, 2));
        StashStats occupied = StashStats.builder()
                .puts(4)
                .takes(2)
                .reclaimed(1)
                .live(1)
                .capacity(8)
                .build();
        assertThat(broken(thrownBy(() -> StatsCheck.assertClosed(stats(4, 3, occupied)))))
                .contains(new RuleNumber(6, 5));
        assertThat(StatsCheck.atRest(stats(4, 3, BALANCED), 3)).isTrue();
    }

    /** Returns the rule that a failure of the test of R2.1 counts against. */
    private static Optional<RuleNumber> broken(Throwable failure) {
        RuleResult result = collected("R2.1 A path", TestDescriptor.Type.TEST, TestExecutionResult.failed(failure));
        assertThat(result.status()).isEqualTo(Status.BROKEN);
        return result.broken();
    }

    private static Throwable thrownBy(ThrowingCallable code) {
        return Objects.requireNonNull(catchThrowable(code), "nothing was thrown");
    }

    private static Throwable suppressing(Throwable thrown, Throwable suppressed) {
        thrown.addSuppressed(suppressed);
        return thrown;
    }

    private static Violation unrest(CaptureStats stats, long received) {
        return StatsCheck.unrest(stats, received, "7 ms");
    }

    private static RuleResult collected(String name, TestDescriptor.Type type, TestExecutionResult end) {
        List<RuleResult> results = new ArrayList<>();
        TestDescriptor test = new AbstractTestDescriptor(UniqueId.forEngine("blame"), name) {
            @Override
            public TestDescriptor.Type getType() {
                return type;
            }
        };
        new ResultCollector(results::add).executionFinished(TestIdentifier.from(test), end);
        return results.get(0);
    }

    private static CaptureStats stats(long returned, long delivered, StashStats stash) {
        return CaptureStats.builder()
                .returned(returned)
                .delivered(delivered)
                .lost(Map.of(LossReason.RING_FULL, 1L))
                .ringBytes(1024)
                .stashBytes(1024)
                .stash(stash)
                .build();
    }
}
