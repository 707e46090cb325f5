// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.abortedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.container;
import static org.junit.platform.testkit.engine.EventConditions.displayName;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.conformance.FakeDriver;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.TestAbortedException;

class RuleExtensionTest {

    @Test
    void aRuleWhoseCapabilitiesAreThereRuns() {
        run(Complete.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, event(test("r99_1_needsNothing"), finishedSuccessfully()))
                .haveExactly(1, event(test("r99_2_needsCreat"), finishedSuccessfully()));
    }

    @Test
    void aDeclaredLackSkipsWithItsReason() {
        run(WithoutCreat.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, event(test("r99_1_needsNothing"), finishedSuccessfully()))
                .haveExactly(
                        1,
                        event(
                                test("r99_2_needsCreat"),
                                abortedWithReason(
                                        instanceOf(TestAbortedException.class),
                                        message("lacks CREAT: nobody creates here"))));
    }

    @Test
    void aClassThatNeedsWhatIsLackingSkipsAllItsRules() {
        run(WithoutParents.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                test("r99_4_inAClassThatNeedsParents"),
                                abortedWithReason(message("lacks PARENT: orphans all"))));
    }

    @Test
    void anUndeclaredSkipFails() {
        run(Shirker.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                test("r99_3_doesNotFeelLikeIt"),
                                finishedWithFailure(
                                        instanceOf(AssertionError.class),
                                        message(text ->
                                                text.startsWith("undeclared skip: ") && text.contains("not today")))));
    }

    @Test
    void aRuleByLengthIsJudgedAtEachLengthAsAnyOther() {
        run(Lengthy.class)
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, event(displayName("R99.7 A length (7 bytes)"), finishedSuccessfully()))
                .haveExactly(
                        1,
                        event(displayName("R99.7 A length (8 bytes)"), abortedWithReason(instanceOf(NotPlayed.class))))
                .haveExactly(
                        1,
                        event(
                                displayName("R99.7 A length (9 bytes)"),
                                finishedWithFailure(message(text -> text.startsWith("undeclared skip: ")))))
                .haveExactly(
                        1,
                        event(
                                displayName("R99.8 Nobody's length (1 bytes)"),
                                abortedWithReason(message("lacks PARENT: orphans all"))));
    }

    @Test
    void anUnavailableDriverSkipsEverythingWithItsReason() {
        EngineExecutionResults results = run(Unavailable.class);
        results.containerEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                container(Unavailable.class),
                                abortedWithReason(message(
                                        "driver fake cannot run: NO_FAKE: There is no fake here." + " Make one."))));
        assertThat(results.testEvents().started().count()).isZero();
    }

    @Test
    void anUnavailableDriverThatIsRequiredFails() {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Unavailable.class))
                .configurationParameter(RuleExtension.REQUIRE_PARAMETER, "other, fake")
                .execute();
        results.containerEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                container(Unavailable.class),
                                finishedWithFailure(
                                        instanceOf(AssertionError.class), message(text -> text.contains("NO_FAKE")))));
    }

    @Test
    void aSuiteRunsEveryClassOfRulesWithItsDriver() {
        EngineExecutionResults results = run(UnavailableSuite.class);
        assertThat(results.containerEvents().aborted().count()).isEqualTo(ConformanceSuite.class.getClasses().length);
        assertThat(results.allEvents().failed().count()).isZero();
    }

    @Test
    void anUnavailableDriverIsToldOfOnceAndNotForEachClassOfRules() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            run(UnavailableSuite.class);
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.startsWith("No rule was judged"))
                .containsExactly(
                        "No rule was judged: driver fake cannot run: NO_FAKE: There is no fake here. Make one.");
    }

    @Test
    void aClassOfRulesAsksItsDriverForItsCapabilitiesOnce() {
        CountedSuite.ASKED.set(0);
        EngineExecutionResults results = run(CountedSuite.class);
        long classes = results.containerEvents().started().count();
        assertThat(results.testEvents().started().count()).isGreaterThan(2 * classes);
        assertThat(CountedSuite.ASKED.longValue()).isPositive().isLessThanOrEqualTo(classes);
    }

    @Test
    void aDriverThatDoesNotOpenBreaksRules() {
        EngineExecutionResults results = run(DeadSuite.class);
        assertThat(results.testEvents().started().count()).isGreaterThan(60);
        assertThat(results.testEvents().failed().count()).isGreaterThan(60);
        assertThat(results.testEvents().succeeded().count()).isZero();
    }

    private static EngineExecutionResults run(Class<?> rules) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(rules))
                .execute();
    }

    abstract static class Rules extends DriverConformance implements DriverUnderTest {
        @Test
        public final void r99_1_needsNothing() {
            assertThat(under()).isSameAs(this);
            evidence().add(1);
        }

        @Test
        @Requires(syscalls = Syscall.CREAT)
        public final void r99_2_needsCreat() {
            assertThat(capabilities().has(Syscall.CREAT)).isTrue();
            evidence().add(1);
        }
    }

    static class Complete extends Rules {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }
    }

    static class WithoutCreat extends Rules {
        @Override
        public Driver driver() {
            FakeDriver complete = FakeDriver.available();
            return new FakeDriver(
                    complete.found(), complete.capabilities().without(Syscall.CREAT, "nobody creates here"));
        }
    }

    @Requires(features = Feature.PARENT)
    static class WithoutParents extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            FakeDriver complete = FakeDriver.available();
            return new FakeDriver(complete.found(), complete.capabilities().without(Feature.PARENT, "orphans all"));
        }

        @Test
        public final void r99_4_inAClassThatNeedsParents() {
            assertThat(capabilities().has(Feature.PARENT)).isTrue();
        }
    }

    static class Shirker extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }

        @Test
        public final void r99_3_doesNotFeelLikeIt() {
            Assumptions.abort("not today");
        }
    }

    static class Lengthy extends DriverConformance implements DriverUnderTest {
        @Override
        public Driver driver() {
            FakeDriver complete = FakeDriver.available();
            return new FakeDriver(complete.found(), complete.capabilities().without(Feature.PARENT, "orphans all"));
        }

        @RuleByLength(
                value = "A length",
                lengths = {7, 8, 9})
        public final void r99_7_aLength(int length) {
            if (length == 7) {
                evidence().add(1);
            }
            Assumptions.assumeTrue(length != 9);
        }

        @RuleByLength(value = "Nobody's length", lengths = 1)
        @Requires(features = Feature.PARENT)
        public final void r99_8_nobodysLength(int length) {
            assertThat(length).as("a rule whose capability is lacking").isZero();
        }
    }

    static class Unavailable extends Rules {
        @Override
        public Driver driver() {
            return FakeDriver.unavailable();
        }
    }

    static class UnavailableSuite extends ConformanceSuite {
        @Override
        public Driver driver() {
            return FakeDriver.unavailable();
        }
    }

    static class DeadSuite extends ConformanceSuite {
        @Override
        public Driver driver() {
            return FakeDriver.available();
        }
    }

    static class CountedSuite extends ConformanceSuite {
        static final AtomicLong ASKED = new AtomicLong();

        @Override
        public Driver driver() {
            return new Counted(FakeDriver.available());
        }
    }

    private record Counted(FakeDriver fake) implements Driver {
        @Override
        public String name() {
            return fake.name();
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return fake.availability(config);
        }

        @Override
        public Capabilities capabilities() {
            CountedSuite.ASKED.incrementAndGet();
            return fake.capabilities();
        }

        @Override
        public Capture open(CaptureConfig config) {
            return fake.open(config);
        }
    }
}
