// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.StashStats;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Rules about what a driver keeps between entry and return (chapters 1, 4, 5 and 6). */
@Requires(syscalls = Syscall.OPENAT, mitigations = Mitigation.STASH)
public abstract class StashConformance extends DriverConformance {
    static final String FIFO = "fifo";

    protected StashConformance() {}

    /** Rules about a stash without room, and about its bounds (chapters 5 and 7). */
    @Nested
    class Full extends FullStashConformance {}

    @Rule("A call that a signal interrupts has the raw result, which may be the kernel's own")
    public final void r01_3_anInterruptedCallHasTheRawResult() {
        try (Scenario scenario = stash().open()) {
            scenario.makeFifo(FIFO);
            Job job = scenario.block(openFifo(scenario));
            job.signal(false);
            job.finish().requireResult(Linux.EINTR, "an open that a signal interrupts");
            SyscallEvent event = scenario.onlyEventOf(job.tid());
            assertThat(event.call().result()).as("the event's result").isIn(Linux.ERESTARTSYS, Linux.EINTR);
        }
    }

    @Rule("A call that the kernel restarts is a call of its own each time")
    @Requires(features = Feature.RESTARTED_CALLS)
    public final void r01_4_aRestartedCallIsACallOfItsOwn() {
        try (Scenario scenario = stash().open()) {
            scenario.makeFifo(FIFO);
            Job job = scenario.block(openFifo(scenario));
            job.signal(true);
            job.awaitBlocked();
            Outcome outcome = scenario.finishReader(FIFO, job);
            outcome.requireSuccess("an open that the kernel restarts");
            List<SyscallEvent> events = scenario.eventsOf(job.tid());
            assertThat(events.stream().map(event -> event.call().result()))
                    .as("the results of the attempts")
                    .containsExactly(Linux.ERESTARTSYS, outcome.result());
            assertThat(events)
                    .as("the paths of the attempts")
                    .allSatisfy(event -> ArgumentAssertions.assertGuarded(
                            "R1.4", open(event).path(), scenario.scratch().bytes(FIFO)));
        }
    }

    @Rule("A thread with the id of one that died in a call gets its own arguments")
    @Requires(features = {Feature.REUSED_IDS, Feature.UNUSED_MODE})
    public final void r04_1_aReusedThreadIdGetsItsOwnArguments() {
        int rounds = 20;
        int firstTag = 7000;
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            ByteString fifo = scenario.scratch().bytes(FIFO);
            ByteString other = scenario.scratch().bytes("other");
            Reply reply = scenario.actor()
                    .ask(Command.of("reuse")
                            .with("path", fifo)
                            .with("other", other)
                            .with("rounds", rounds)
                            .with("tag", firstTag));
            scenario.awaitEmptyStash();
            List<OpenEvent> second = opens(scenario).stream()
                    .filter(event -> event.how().value().mode() >= firstTag)
                    .toList();
            assertThat(second.stream().map(event -> event.caller().tid()))
                    .as("one event of each new thread")
                    .containsExactlyElementsOf(reply.integers("tids"));
            assertThat(second)
                    .as("its own path")
                    .allSatisfy(event -> ArgumentAssertions.assertGuarded("R4.1", event.path(), other));
            assertOwnPaths("R4.1", opens(scenario), fifo, other);
        }
    }

    @Rule("A thread that takes over its process by exec gets its own arguments")
    @Requires(features = Feature.UNUSED_MODE)
    public final void r04_2_execByAnotherThreadLeavesNothingBehind() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            ByteString fifo = scenario.scratch().bytes(FIFO);
            ByteString other = scenario.scratch().bytes("other");
            for (int tag = 1; tag <= 10; tag++) {
                int mode = tag;
                int tid = scenario.actor()
                        .ask(Command.of("exec")
                                .with("path", fifo)
                                .with("other", other)
                                .with("tag", tag))
                        .integer("tid");
                scenario.awaitEmptyStash();
                List<OpenEvent> after = opens(scenario).stream()
                        .filter(event -> event.caller().tid() == tid
                                && event.how().value().mode() == mode)
                        .toList();
                assertThat(after).as("the call after the exec").hasSize(1);
                ArgumentAssertions.assertGuarded("R4.2", after.get(0).path(), other);
            }
            assertOwnPaths("R4.2", opens(scenario), fifo, other);
        }
    }

    @Rule("A child in its parent's memory (vfork) has its own calls, and so has the parent that waits for it")
    @Requires(features = Feature.UNUSED_MODE)
    public final void r04_3_aChildInItsParentsMemoryHasItsOwnCalls() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            ByteString fifo = scenario.scratch().bytes(FIFO);
            List<ByteString> paths = List.of(
                    scenario.scratch().bytes("of-the-parent"),
                    scenario.scratch().bytes("child"),
                    scenario.scratch().bytes("program"));
            int tgid = scenario.actor().tgid();
            int firstTag = 400;
            for (int round = 0; round < 5; round++) {
                int tag = firstTag + 4 * round;
                // Another thread of the parent is in a call all the time.
                Job job = scenario.block(openFifo(scenario));
                Reply reply = scenario.actor()
                        .ask(Command.of("vfork")
                                .with("path", paths.get(0))
                                .with("child", paths.get(1))
                                .with("program", paths.get(2))
                                .with("tag", tag));
                scenario.finishReader(FIFO, job);
                scenario.awaitEmptyStash();
                int parent = reply.integer("tid");
                int child = reply.integer("child");
                assertOnlyCall(scenario, tag, parent, tgid, paths.get(0));
                assertOnlyCall(scenario, tag + 1, child, child, paths.get(1));
                assertOnlyCall(scenario, tag + 2, child, child, paths.get(2));
                assertOnlyCall(scenario, tag + 3, parent, tgid, paths.get(1));
                OpenEvent blocked = (OpenEvent) scenario.onlyEventOf(job.tid());
                assertThat(blocked.caller().tgid())
                        .as("the process of a blocked thread")
                        .isEqualTo(tgid);
                ArgumentAssertions.assertGuarded("R4.3", blocked.path(), fifo);
            }
        }
    }

    private static void assertOnlyCall(Scenario scenario, long tag, int tid, int tgid, ByteString path) {
        List<OpenEvent> events = opens(scenario).stream()
                .filter(event -> event.how().value().mode() == tag)
                .toList();
        assertThat(events).as("R4.3: events of call %d", tag).hasSize(1);
        OpenEvent event = events.get(0);
        assertThat(event.caller().tid()).as("R4.3: the thread of call %d", tag).isEqualTo(tid);
        assertThat(event.caller().tgid())
                .as("R4.3: the process of call %d", tag)
                .isEqualTo(tgid);
        ArgumentAssertions.assertGuarded("R4.3", event.path(), path);
    }

    @Rule("A call that was under way when the capture opened is an event without its enter")
    @Requires(features = Feature.CALLS_UNDER_WAY)
    public final void r05_1_aCallUnderWayAtOpeningIsAnEvent() {
        List<Job> jobs = new ArrayList<>();
        try (Scenario scenario = stash().before(early -> {
                    early.makeFifo(FIFO);
                    jobs.add(early.block(openFifo(early)));
                })
                .open()) {
            Outcome outcome = scenario.finishReader(FIFO, jobs.get(0));
            OpenEvent event = (OpenEvent) scenario.onlyEventOf(outcome.tid());
            assertThat(event.flags()).as("the flags of a call under way").contains(EventFlag.ENTER_MISSED);
            assertThat(event.call().enterNanos())
                    .as("the time of an entry that nobody saw")
                    .isZero();
            assertThat(event.call().result())
                    .as("the result of a call under way")
                    .isEqualTo(outcome.result());
            assertThat(event.path().provenance()).as("the path's provenance").isIn(Provenance.EXIT, Provenance.KERNEL);
            assertThat(event.path().value())
                    .as("the path")
                    .isEqualTo(scenario.scratch().bytes(FIFO));
        }
    }

    @Rule("A thread that is killed in a call leaves no entry")
    public final void r06_1_aKilledThreadLeavesNoEntry() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            storm(scenario, "kill", 4, 4);
            CaptureStats stats = scenario.awaitEmptyStash();
            assertThat(stats.stash().puts()).as("%s", stats).isPositive();
            // A killed call need not return, so it need not have an event.
            evidence().add(stats.stash().puts());
        }
    }

    @Rule("Ten thousand threads killed in their calls leave no entry, and the accounts balance")
    public final void r06_2_aStormOfKilledThreadsLeavesNoEntry() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            int processes = scaled(100);
            long begun = storm(scenario, "kill", processes, 100);
            ActorException.unless(
                    begun == processes * 100L,
                    "the actor's part failed: " + begun + " of " + processes * 100L + " threads began their calls");
            CaptureStats stats = scenario.awaitEmptyStash("R6.2");
            assertThat(stats.stash().puts()).as("%s", stats).isGreaterThan(processes * 90L);
            evidence().add(stats.stash().puts());
            assertThat((long) scenario.recorder().size())
                    .as("not more than one event of each call: %s", stats)
                    .isLessThanOrEqualTo(begun);
            assertThat(opens(scenario))
                    .as("those that returned were interrupted, and have their path")
                    .allSatisfy(event -> {
                        assertThat(event.call().result()).as("the result").isIn(Linux.ERESTARTSYS, Linux.EINTR);
                        assertThat(event.path().value())
                                .as("the path")
                                .isEqualTo(scenario.scratch().bytes(FIFO));
                    });
        }
    }

    @Rule("Calls that a signal interrupts return like any other")
    public final void r06_3_interruptedCallsReturn() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            long begun = storm(scenario, "signal", scaled(10), 100);
            scenario.awaitEmptyStash("R6.3");
            assertThat((long) scenario.recorder().size())
                    .as("one event of each call")
                    .isEqualTo(begun);
        }
    }

    @Rule("A capture that closes while calls are under way reclaims their entries")
    public final void r06_5_closingReclaimsWhatIsUnderWay() {
        try (Scenario scenario = stash().open()) {
            scenario.makeFifo(FIFO);
            Job job = scenario.block(openFifo(scenario));
            assertThat(scenario.awaitRest().stash().live())
                    .as("the call is under way")
                    .isEqualTo(1);
            scenario.capture().close();
            StashStats stash = scenario.capture().stats().stash();
            assertThat(stash.live()).as("%s", stash).isZero();
            Violation.unless(
                    "R8.2", () -> assertThat(stash.imbalance()).as("%s", stash).isZero());
            evidence().add(stash.reclaimed());
            scenario.finishReader(FIFO, job);
        }
    }

    @Rule("The accounts of the stash balance while a call is under way, and after calls that return or are killed")
    public final void r08_2_theAccountsOfTheStashBalance() {
        try (Scenario scenario = stash().scope(Scope.FAMILY).open()) {
            scenario.makeFifo(FIFO);
            Job job = scenario.block(openFifo(scenario));
            StashStats under = scenario.awaitRest().stash();
            assertThat(under.imbalance()).as("a call is under way: %s", under).isZero();
            scenario.finishReader(FIFO, job);
            storm(scenario, "kill", 1, 4);
            StashStats after = scenario.awaitEmptyStash().stash();
            assertThat(after.imbalance()).as("after all calls: %s", after).isZero();
            assertThat(after.puts()).as("entries since: %s", after).isGreaterThan(under.puts());
        }
    }

    private Scenario.Setup stash() {
        return scenario().mitigation(Mitigation.STASH);
    }

    static WatchedCall openFifo(Scenario scenario) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes(FIFO)), Linux.O_RDONLY, 0);
    }

    private static long storm(Scenario scenario, String how, int processes, int threads) {
        return scenario.actor()
                .ask(Command.of("storm")
                        .with("path", scenario.scratch().bytes(FIFO))
                        .with("how", how)
                        .with("processes", processes)
                        .with("threads", threads))
                .number("begun");
    }

    static List<OpenEvent> opens(Scenario scenario) {
        return scenario.recorder().events().stream().map(StashConformance::open).toList();
    }

    private static OpenEvent open(SyscallEvent event) {
        return (OpenEvent) event;
    }

    /** Checks that each event has a path that some call passed. */
    private static void assertOwnPaths(String rule, List<OpenEvent> events, ByteString fifo, ByteString other) {
        Violation.unless(
                rule,
                () -> assertThat(events)
                        .as("no path but fifo (mode 0) and other")
                        .anyMatch(event -> event.path().isPresent())
                        .allSatisfy(event -> {
                            ByteString expected = event.how().value().mode() == 0 ? fifo : other;
                            if (event.path().isPresent()) {
                                assertThat(event.path().value())
                                        .as("the path of %s", event)
                                        .isEqualTo(expected);
                            }
                        }));
    }
}
