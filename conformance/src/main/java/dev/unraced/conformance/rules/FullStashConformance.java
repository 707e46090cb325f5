// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.StashStats;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.QueueCheck;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.TestReporter;

/** Rules about a stash without room, and about its bounds (chapters 5 and 7). */
@Requires(syscalls = Syscall.OPENAT, mitigations = Mitigation.STASH)
public abstract class FullStashConformance extends DriverConformance {
    private static final int QUEUE = 2_000;

    private static final int QUEUE_STASH = 64;

    private static final int QUEUE_ROUNDS = 5;

    protected FullStashConformance() {}

    @Rule("Calls that find no room in the stash are events that say so, and are counted")
    public final void r05_2_aFullStashIsFlaggedAndCounted() {
        assertFullStashShows(Mitigation.STASH, Mitigation.STASH);
    }

    @Rule(
            "Calls without room in the stash are events that say so where the kernel's copy stands in for their arguments, too")
    @Requires(mitigations = Mitigation.KERNEL)
    public final void r05_2_aFullStashShowsUnderKernel() {
        assertFullStashShows(Mitigation.KERNEL, Mitigation.KERNEL);
    }

    @Rule("Calls without room in the stash are events that say so when the mode changes before they return, too")
    @Requires(mitigations = Mitigation.KERNEL, features = Feature.LIVE_SWITCH)
    public final void r05_2_aFullStashShowsAfterASwitch() {
        assertFullStashShows(Mitigation.KERNEL, Mitigation.STASH);
    }

    /** Fills a small stash with calls that enter under one mode and return under another, and checks their events. */
    private void assertFullStashShows(Mitigation entered, Mitigation returned) {
        int capacity = 4;
        int callers = 12;
        try (Scenario scenario = scenario()
                .mitigation(entered)
                .with(builder -> builder.stashEntries(capacity))
                .open()) {
            scenario.makeFifo(StashConformance.FIFO);
            List<Job> jobs = IntStream.range(0, callers)
                    .mapToObj(i -> scenario.block(StashConformance.openFifo(scenario)))
                    .toList();
            StashStats full = scenario.capture().stats().stash();
            Violation.unless(
                    "R7.1", () -> assertThat(full.live()).as("%s", full).isLessThanOrEqualTo(full.capacity()));
            if (returned != entered) {
                scenario.capture().switchTo(returned);
            }
            scenario.finishReaders(StashConformance.FIFO, jobs);
            assertMissedCallsAreCounted(scenario, callers + 1);
        }
    }

    private void assertMissedCallsAreCounted(Scenario scenario, int calls) {
        CaptureStats stats = scenario.awaitEmptyStash();
        List<OpenEvent> events = StashConformance.opens(scenario);
        assertThat(events).as("R5.2: every call is an event").hasSize(calls);
        long missed = events.stream()
                .filter(event -> event.flags().contains(EventFlag.ENTER_MISSED))
                .count();
        assertThat(missed)
                .as("R5.2: calls without their enter are those refused and those evicted: %s", stats)
                .isEqualTo(stats.stash().refused() + stats.stash().evicted())
                .isPositive();
        assertThat(events)
                .as("R5.2: those whose entry was given up say so: %s", stats)
                .filteredOn(event -> event.flags().contains(EventFlag.EVICTED))
                .hasSize(Math.toIntExact(stats.stash().evicted()));
        if (capabilities().has(Feature.REFUSALS_FLAGGED)) {
            assertThat(events)
                    .as("R5.2: refused or evicted, each says which")
                    .filteredOn(event -> event.flags().contains(EventFlag.STASH_FULL))
                    .hasSize(Math.toIntExact(stats.stash().refused()));
        }
        assertThat(events)
                .as("R5.2: all have their path")
                .allSatisfy(event -> assertThat(event.path().value())
                        .as("the path of thread %d", event.caller().tid())
                        .isEqualTo(scenario.scratch().bytes(StashConformance.FIFO)));
    }

    @Rule("Thousands of threads in calls at once, on a stash for a few, never have another's arguments")
    public final void r05_3_aCrowdOnASmallStashKeepsItsOwnArguments(TestReporter reporter) {
        int threads = Math.min(QUEUE, scaled(QUEUE));
        int capacity = Math.min(QUEUE_STASH, threads / 2);
        AtomicReference<QueueCheck> check = new AtomicReference<>();
        try (Scenario scenario = scenario()
                .mitigation(Mitigation.STASH)
                .with(builder -> builder.stashEntries(capacity))
                .before(early -> {
                    early.makeFifo(StashConformance.FIFO);
                    check.set(new QueueCheck(
                            early.actor().tgid(),
                            early.scratch().directory(),
                            early.scratch().bytes(StashConformance.FIFO),
                            capabilities().has(Feature.UNUSED_MODE)));
                })
                .wanted(event -> check.get().take(event))
                .open()) {
            Reply reply = scenario.actor()
                    .ask(Command.of("queue")
                            .with("path", scenario.scratch().bytes(StashConformance.FIFO))
                            .with(
                                    "directory",
                                    ByteString.utf8(scenario.scratch().directory()))
                            .with("threads", threads)
                            .with("rounds", QUEUE_ROUNDS));
            check.get().assertComplete(reply.number("calls") + reply.number("releases"), scenario.awaitEmptyStash());
            evidence().add(reply.number("calls"));
            reporter.publishEntry(check.get().figures());
            if (check.get().missed() == 0) {
                throw new NotPlayed("no more threads were in calls at once than the stash has room for");
            }
        }
    }

    @Rule("The stash has the room that was asked for, and its memory is fixed")
    public final void r07_1_theStashIsBounded() {
        try (Scenario scenario = scenario()
                .mitigation(Mitigation.STASH)
                .with(builder -> builder.stashEntries(64))
                .open()) {
            CaptureStats before = scenario.capture().stats();
            assertThat(before.stash().capacity()).as("entries").isEqualTo(64);
            bulk(scenario, 8, scaled(500));
            CaptureStats after = scenario.awaitEmptyStash();
            assertThat(after.stash().puts() + after.stash().refused())
                    .as("entries that were put or refused")
                    .isGreaterThanOrEqualTo(8L * scaled(500));
            assertThat(after.stashBytes()).as("bytes").isEqualTo(before.stashBytes());
            assertThat(after.stash().capacity()).as("entries").isEqualTo(64);
        }
    }

    @Rule("A call that a filter leaves out takes no room in the stash")
    @Requires(features = {Feature.FILTER_THREAD_GROUP, Feature.FILTERS_AT_ENTRY})
    public final void r07_2_filteredCallsTakeNoRoom() {
        try (Scenario scenario = scenario()
                .mitigation(Mitigation.STASH)
                .with(builder -> builder.tgids(Integer.MAX_VALUE))
                .open()) {
            scenario.makeFifo(StashConformance.FIFO);
            Job job = scenario.block(StashConformance.openFifo(scenario));
            assertThat(scenario.capture().stats().stash().live())
                    .as("live entries of filtered calls")
                    .isZero();
            assertThat(scenario.capture().stats().stash().puts())
                    .as("entries that filtered calls took")
                    .isZero();
            scenario.finishReader(StashConformance.FIFO, job);
            assertThat(scenario.awaitRest().totalFiltered())
                    .as("filtered calls")
                    .isGreaterThanOrEqualTo(2);
            evidence().add(2);
            assertThat(scenario.recorder().size()).as("no event").isZero();
        }
    }

    private static void bulk(Scenario scenario, int threads, int calls) {
        scenario.actor()
                .ask(Command.of("bulk")
                        .with("base", scenario.scratch().bytes("missing"))
                        .with("threads", threads)
                        .with("calls", calls));
    }
}
