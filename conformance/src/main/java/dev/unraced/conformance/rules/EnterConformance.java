// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Load;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Abi;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventType;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.stream.Stream;

/** Rules about enter events beside the merged ones. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class EnterConformance extends DriverConformance {
    private static final int SOCKET = 1;
    private static final int THREADS = 4;
    private static final int LOADS = 5;
    /** The least number of switches. */
    private static final int SWITCHES = 1_000;

    protected EnterConformance() {}

    @Rule("On request the entry of a call is an event, too, and the merged event stays the same")
    @Requires(features = Feature.ENTER_EVENTS)
    public final void r12_5_theEntryOfACallIsAnEvent() {
        for (Mitigation mode : modes()) {
            try (Scenario scenario = entering().mitigation(mode).open()) {
                scenario.makeFile("file");
                ByteString path = scenario.scratch().bytes("file");
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_CREAT, 0640));
                OpenEvent entry = (OpenEvent) onlyEntry(scenario);
                OpenEvent merged = observed.open();
                assertEntry(entry, merged, observed.outcome());
                assertThat(entry.call().mitigation()).as("the entry's mode").isEqualTo(mode);
                assertRead(entry.path(), path);
                ArgumentAssertions.assertRegisters(entry.how());
                assertThat(entry.how().value())
                        .as("the entry's flags and mode")
                        .isEqualTo(merged.how().value());
                assertThat(entry.dirfd()).as("the entry's directory").isEqualTo(merged.dirfd());
                assertThat(entry.file()).as("nothing is open yet").isEmpty();
                assertThat(merged.path().provenance() == Provenance.EXIT)
                        .as("the merged event under %s", mode)
                        .isEqualTo(mode == Mitigation.OFF);
                assertThat(merged.flags())
                        .as("the merged event under %s", mode)
                        .contains(EventFlag.HAS_FILE)
                        .doesNotContain(EventFlag.ENTER_MISSED);
            }
        }
    }

    @Rule("On request the entry of a connect is an event, too")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.ENTER_EVENTS)
    public final void r12_5_theEntryOfAConnectIsAnEvent() {
        try (Scenario scenario = entering().open()) {
            new Sockets(scenario.actor()).datagram(SOCKET, Linux.AF_INET);
            ByteString address = SocketAddresses.loopback(9);
            Observed observed = scenario.call(WatchedCall.connect("h:" + SOCKET, address));
            ConnectEvent entry = (ConnectEvent) onlyEntry(scenario);
            assertEntry(entry, observed.connect(), observed.outcome());
            assertRead(
                    new Argument<>(
                            entry.address().value().bytes(),
                            entry.address().provenance(),
                            entry.address().integrity()),
                    address);
            assertThat(entry.fd())
                    .as("the entry's descriptor")
                    .isEqualTo(observed.connect().fd());
            assertThat(entry.addrlen()).as("the entry's length").isEqualTo(address.length());
            assertThat(entry.socket()).as("nothing is connected yet").isEmpty();
        }
    }

    @Rule("The enter event of a 32-bit call says so")
    @Requires(syscalls = Syscall.OPENAT, abis = Abi.IA32, features = Feature.ENTER_EVENTS)
    public final void r12_5_theEntryHasTheConventionOfItsCall() {
        try (Scenario scenario = entering().open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            Observed observed = scenario.call(
                    WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0).by(Abi.IA32));
            SyscallEvent entry = onlyEntry(scenario);
            Violation.unless(
                    "R1.12",
                    () -> assertThat(observed.event().call().abi())
                            .as("the ABI")
                            .isEqualTo(Abi.IA32));
            assertEntry(entry, observed.event(), observed.outcome());
        }
    }

    @Rule("The enter event comes while the call blocks, and its argument may be absent")
    @Requires(features = Feature.ENTER_EVENTS)
    public final void r12_5_theEntryDoesNotWaitForTheReturn() {
        try (Scenario scenario = entering().open()) {
            scenario.makeFifo("fifo");
            Job job = scenario.block(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
            Condition.await(
                    under().patience(),
                    () -> scenario.recorder().entries().stream()
                            .anyMatch(entry -> entry.caller().tid() == job.tid()),
                    () -> "no enter event of a call that blocks");
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().events())
                            .as("nothing has returned")
                            .isEmpty());
            scenario.finishReader("fifo", job);
            scenario.onlyEventOf(job.tid());

            int before = scenario.recorder().entries().size();
            scenario.call(WatchedCall.openat(Pointer.NULL, Linux.O_RDONLY, 0));
            OpenEvent absent = (OpenEvent) scenario.recorder().entries().get(before);
            ArgumentAssertions.assertAbsent("R12.5", absent.path());
            assertThat(absent.flags())
                    .as("the flags of an entry without a path")
                    .containsExactly(EventFlag.FAULTED);
        }
    }

    @Rule("A call that a filter leaves out when it enters has no enter event, and is counted once")
    @Requires(features = {Feature.ENTER_EVENTS, Feature.FILTER_PATH, Feature.FILTER_THREAD_GROUP})
    public final void r12_5_filteredCallsHaveNoEntry() {
        try (Scenario scenario =
                        entering().with(builder -> builder.paths("/nowhere")).open();
                Actor stranger = under().actor()) {
            scenario.callUnobserved(scenario.missing(0));
            stranger.ask(bulk(scenario, 0, 10));
            CaptureStats stats = scenario.awaitRest();
            assertThat(stats.entered()).as("%s", stats).isZero();
            assertThat(stats.totalFiltered()).as("%s", stats).isGreaterThanOrEqualTo(1 + 10L);
            assertThat(scenario.recorder().entries())
                    .as("entries of filtered calls")
                    .isEmpty();
            evidence().add(stats.totalFiltered());
        }
    }

    @Rule("Enter events begin and end while the capture runs, with the next call that enters")
    @Requires(features = {Feature.ENTER_EVENTS, Feature.LIVE_SWITCH})
    public final void r12_6_enterEventsBeginAndEndLive() {
        try (Scenario scenario = scenario().open()) {
            assertThat(scenario.capture().enterEvents()).as("by default").isFalse();
            long entries = 0;
            for (int round = 0; round < 6; round++) {
                boolean publish = round % 2 == 1;
                scenario.capture().publishEnterEvents(publish);
                assertThat(scenario.capture().enterEvents())
                        .as("whether entries are published")
                        .isEqualTo(publish);
                scenario.call(scenario.missing(round));
                entries += publish ? 1 : 0;
                assertThat(scenario.recorder().entries())
                        .as("enter events are on: %s", publish)
                        .hasSize((int) entries);
            }
        }
    }

    @Rule("A thousand switches of enter events under load lose nothing")
    @Requires(features = {Feature.ENTER_EVENTS, Feature.LIVE_SWITCH})
    public final void r12_6_switchesLoseNothing() throws InterruptedException {
        int calls = scaled(500);
        int rounds = 0;
        try (Scenario scenario = scenario().open()) {
            for (int switches = 0; switches < SWITCHES || rounds < LOADS; rounds++) {
                Command command = bulk(scenario, (long) rounds * THREADS * calls, calls);
                Load load = Load.of(scenario.actor(), command);
                for (; load.isUnderWay(); switches++) {
                    scenario.capture().publishEnterEvents(switches % 2 == 0);
                }
                load.end();
            }
            CaptureStats stats = scenario.awaitEmptyStash();
            long returned = (long) THREADS * calls * rounds;
            long lost = stats.totalLost();
            int entries = scenario.recorder().entries().size();
            assertThat(scenario.recorder().size() + entries + lost)
                    .as("each call's event, and those of the entries: %s", stats)
                    .isEqualTo(returned + stats.entered());
            Violation.unless(
                    "R9.3",
                    () -> assertThat(scenario.recorder().missingNumbers())
                            .as("numbers missing: %s", stats)
                            .isLessThanOrEqualTo(lost));
            assertThat(scenario.recorder().entries())
                    .as("enter events are whole")
                    .allMatch(entry -> isUntorn(scenario, (OpenEvent) entry));
            assertThat(scenario.recorder().events())
                    .as("merged events stay what they are")
                    .allMatch(event -> isUntorn(scenario, (OpenEvent) event)
                            && (((OpenEvent) event).path().provenance() != Provenance.EXIT
                                    || event.flags().contains(EventFlag.FAULTED)));
        }
    }

    @Rule("Enter events that the driver lacks are refused, and there are none")
    public final void r12_7_lackingEnterEventsAreRefused() {
        if (capabilities().has(Feature.ENTER_EVENTS)) {
            throw new NotApplicable("the driver has enter events");
        }
        try (Scenario scenario = scenario().open()) {
            scenario.capture().publishEnterEvents(false);
            assertThatThrownBy(() -> scenario.capture().publishEnterEvents(true))
                    .as("publishing entries is refused")
                    .isInstanceOf(CaptureException.class);
            assertThat(scenario.capture().enterEvents())
                    .as("no entry is published")
                    .isFalse();
            scenario.call(scenario.missing());
        }
    }

    /**
     * Returns whether the path ends in the tag that the mode has, so that both are of one call, as far as it is known.
     */
    private boolean isUntorn(Scenario scenario, OpenEvent event) {
        ByteString path =
                scenario.scratch().bytes("missing/" + event.how().value().mode());
        return !capabilities().has(Feature.UNUSED_MODE) || event.path().value().equals(path);
    }

    private static SyscallEvent onlyEntry(Scenario scenario) {
        List<SyscallEvent> entries = scenario.recorder().entries();
        assertThat(entries).as("R12.5: enter events of one call").hasSize(1);
        return entries.get(0);
    }

    private static void assertEntry(SyscallEvent entry, SyscallEvent merged, Outcome outcome) {
        assertThat(entry.call().type()).as("R12.5: the entry's type").isEqualTo(EventType.ENTER);
        assertThat(merged.call().type()).as("R12.5: the merged event's type").isEqualTo(EventType.MERGED);
        assertThat(entry.call().syscall())
                .as("R12.5: the entry's call")
                .isEqualTo(merged.call().syscall());
        assertThat(entry.call().abi())
                .as("R12.5: the entry's ABI")
                .isEqualTo(merged.call().abi());
        assertThat(entry.caller().tid()).as("R12.5: the entry's thread").isEqualTo(outcome.tid());
        assertThat(entry.caller().tgid()).as("R12.5: the entry's process").isEqualTo(outcome.tgid());
        assertThat(entry.call().enterNanos())
                .as("R12.5: the time of entry")
                .isBetween(outcome.begunNanos(), outcome.endedNanos());
        if (merged.call().mitigation() != Mitigation.OFF) {
            assertThat(entry.call().enterNanos())
                    .as("R12.5: both say when the call entered")
                    .isEqualTo(merged.call().enterNanos());
        }
        assertThat(entry.flags()).as("R12.5: the entry's flags").isEmpty();
    }

    private static void assertRead(Argument<ByteString> argument, ByteString passed) {
        assertThat(argument.value()).as("R12.5: the bytes as passed").isEqualTo(passed);
        assertThat(argument.provenance()).as("R12.5: the argument's provenance").isEqualTo(Provenance.ENTER);
        assertThat(argument.integrity()).as("R12.5: nothing can be said yet").isEqualTo(Integrity.UNCHECKED);
    }

    private Scenario.Setup entering() {
        return scenario().with(builder -> builder.enterEvents(true));
    }

    private List<Mitigation> modes() {
        return Stream.of(Mitigation.values()).filter(capabilities()::has).toList();
    }

    private static Command bulk(Scenario scenario, long tag, int calls) {
        return Command.of("bulk")
                .with("base", scenario.scratch().bytes("missing"))
                .with("threads", THREADS)
                .with("calls", calls)
                .with("tag", tag);
    }
}
