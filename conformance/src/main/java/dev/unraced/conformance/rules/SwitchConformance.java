// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Load;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.stream.Stream;

/** Rules about the change of the mode in a running capture (chapter 12). */
@Requires(syscalls = Syscall.OPENAT)
public abstract class SwitchConformance extends DriverConformance {
    private static final int LOADS = 5;

    /** The least number of switches. */
    private static final int SWITCHES = 1_000;

    protected SwitchConformance() {}

    @Rule("The mode changes while the capture runs, and each event says under which it was made")
    @Requires(features = Feature.LIVE_SWITCH)
    public final void r12_1_theModeChangesLive() {
        try (Scenario scenario = scenario().open()) {
            List<Mitigation> modes =
                    Stream.of(Mitigation.values()).filter(capabilities()::has).toList();
            for (int round = 0; round < 3; round++) {
                for (Mitigation mode : modes) {
                    scenario.capture().switchTo(mode);
                    assertThat(scenario.capture().mitigation())
                            .as("the mode of the capture")
                            .isEqualTo(mode);
                    OpenEvent event = scenario.call(scenario.missing(round)).open();
                    assertThat(event.call().mitigation())
                            .as("the mode of the event")
                            .isEqualTo(mode);
                    assertThat(event.path().provenance() == Provenance.EXIT)
                            .as("read at the return under %s", mode)
                            .isEqualTo(mode == Mitigation.OFF);
                }
            }
        }
    }

    @Rule("A call keeps the mode under which it entered")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH})
    public final void r12_2_aCallKeepsItsMode() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            OpenEvent stashed = switched(scenario, Mitigation.OFF);
            assertThat(stashed.call().mitigation()).as("entered under stash").isEqualTo(Mitigation.STASH);
            ArgumentAssertions.assertGuarded("R12.2", stashed.path(), fifo);

            OpenEvent unstashed = switched(scenario, Mitigation.STASH);
            assertThat(unstashed.call().mitigation() == Mitigation.OFF
                            || unstashed.flags().contains(EventFlag.ENTER_MISSED))
                    .as("entered under off: %s", unstashed)
                    .isTrue();
            assertThat(unstashed.path().provenance()).as("entered under off").isEqualTo(Provenance.EXIT);
            scenario.awaitEmptyStash();
        }
    }

    @Rule("A call that entered under kernel has the kernel's copy, and no other one that says otherwise")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH, Mitigation.KERNEL},
            provenances = {Provenance.ENTER, Provenance.KERNEL})
    public final void r12_2_aCallKeepsTheKernelsMode() {
        try (Scenario scenario = scenario().mitigation(Mitigation.KERNEL).open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            for (Mitigation other : List.of(Mitigation.STASH, Mitigation.OFF)) {
                scenario.capture().switchTo(Mitigation.KERNEL);
                OpenEvent copied = switched(scenario, other);
                assertThat(copied.call().mitigation())
                        .as("entered under kernel, returned under %s", other)
                        .isEqualTo(Mitigation.KERNEL);
                assertThat(copied.path().provenance())
                        .as("entered under kernel, returned under %s", other)
                        .isEqualTo(Provenance.KERNEL);
                assertThat(copied.path().value())
                        .as("the path of a call that entered under kernel")
                        .isEqualTo(fifo);
            }

            scenario.capture().switchTo(Mitigation.STASH);
            OpenEvent snapshot = switched(scenario, Mitigation.KERNEL);
            assertThat(snapshot.call().mitigation()).as("entered under stash").isEqualTo(Mitigation.STASH);
            assertThat(snapshot.path().provenance()).as("entered under stash").isEqualTo(Provenance.ENTER);

            scenario.capture().switchTo(Mitigation.OFF);
            OpenEvent late = switched(scenario, Mitigation.KERNEL);
            assertThat(
                            late.call().mitigation() == Mitigation.OFF
                                    ? late.path().provenance() == Provenance.EXIT
                                    : late.flags().contains(EventFlag.ENTER_MISSED))
                    .as("entered under off: %s", late)
                    .isTrue();
            assertThat(late.path().provenance()).as("entered under off").isIn(Provenance.EXIT, Provenance.KERNEL);
            scenario.awaitEmptyStash();
        }
    }

    @Rule("A thousand switches under load lose no event, and tear none")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH})
    public final void r12_3_aSwitchLosesNoEvent() throws InterruptedException {
        long threads = 4;
        long calls = scaled(1_000);
        int rounds = 0;
        try (Scenario scenario = scenario().open()) {
            // A load that ends before the first switch would prove nothing.
            for (int switches = 0; switches < SWITCHES || rounds < LOADS; rounds++) {
                Command bulk = Command.of("bulk")
                        .with("base", scenario.scratch().bytes("missing"))
                        .with("threads", threads)
                        .with("calls", calls)
                        .with("tag", rounds * threads * calls);
                Load load = Load.of(scenario.actor(), bulk);
                for (; load.isUnderWay(); switches++) {
                    scenario.capture().switchTo(switches % 2 == 0 ? Mitigation.OFF : Mitigation.STASH);
                }
                load.end();
            }
            CaptureStats stats = scenario.awaitEmptyStash();
            assertThat(scenario.recorder().size() + stats.totalLost())
                    .as("%s", stats)
                    .isEqualTo(threads * calls * rounds);
            Violation.unless(
                    "R12.2",
                    () -> assertThat(scenario.recorder().events())
                            .as("no event mixes two modes")
                            .allMatch(SwitchConformance::isOfOneMode));
            assertThat(scenario.recorder().events())
                    .as("no event has arguments of two calls")
                    .allMatch(event -> isUntorn(scenario, (OpenEvent) event));
        }
    }

    /** Returns whether the path ends in the tag that the mode has, as far as the mode is known. */
    private boolean isUntorn(Scenario scenario, OpenEvent event) {
        ByteString path =
                scenario.scratch().bytes("missing/" + event.how().value().mode());
        return !capabilities().has(Feature.UNUSED_MODE) || event.path().value().equals(path);
    }

    /**
     * Returns whether an event fits its mode. Under OFF the path is read at the return and no enter is missed; under
     * other modes a missed enter or a fault explains such a path.
     */
    private static boolean isOfOneMode(SyscallEvent event) {
        OpenEvent open = (OpenEvent) event;
        boolean late = open.path().provenance() == Provenance.EXIT;
        boolean missed = open.flags().contains(EventFlag.ENTER_MISSED);
        return open.call().mitigation() == Mitigation.OFF
                ? late && !missed
                : late == (missed || open.flags().contains(EventFlag.FAULTED));
    }

    @Rule("A mode that the driver lacks is refused, and the one in force stays")
    public final void r12_4_aLackingModeIsRefused() {
        try (Scenario scenario = scenario().open()) {
            Mitigation before = scenario.capture().mitigation();
            List<Mitigation> impossible = Stream.of(Mitigation.values())
                    .filter(mode -> !capabilities().has(mode)
                            || (mode != before && !capabilities().has(Feature.LIVE_SWITCH)))
                    .toList();
            if (impossible.isEmpty()) {
                throw new NotApplicable("the driver lacks no mode");
            }
            for (Mitigation mode : impossible) {
                assertThatThrownBy(() -> scenario.capture().switchTo(mode))
                        .as("%s", mode)
                        .isInstanceOf(CaptureException.class);
                assertThat(scenario.capture().mitigation())
                        .as("the mode after a refused switch")
                        .isEqualTo(before);
            }
            scenario.call(scenario.missing());
        }
    }

    /** Returns the event of a call that enters under the mode in force and returns after a switch. */
    private static OpenEvent switched(Scenario scenario, Mitigation to) {
        Job job =
                scenario.block(WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
        scenario.capture().switchTo(to);
        scenario.finishReader("fifo", job);
        return (OpenEvent) scenario.onlyEventOf(job.tid());
    }
}
