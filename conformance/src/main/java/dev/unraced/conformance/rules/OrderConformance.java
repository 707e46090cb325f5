// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
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
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.stream.LongStream;

/** Rules about many calls at once: none lost, none mixed up, all in order, and every loss in the accounts. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class OrderConformance extends DriverConformance {
    private static final int THREADS = 8;
    private static final int BARRIERS = 200;
    private static final int MOVES = 8;
    private static final int LONG_PATH = 1_000;
    private static final int FOLLOWING_TIMES = 50;
    private static final int FULL_CALLS = 2_000;
    private static final int MIXED_CALLS = 4;
    private static final long SMALL_RING = 64 * 1024;

    protected OrderConformance() {}

    @Rule("Calls of many threads at once keep their own arguments")
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT2, Syscall.CREAT})
    public final void r01_13_callsAtOnceKeepTheirOwnArguments() {
        try (Scenario scenario = scenario().open()) {
            Reply reply = bulk(scenario, THREADS, calls(), 0, true, false);
            CaptureStats stats = scenario.awaitEmptyStash();
            assertThat(stats.totalLost())
                    .as("the ring is large enough: %s", stats)
                    .isZero();
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().size())
                            .as("one event of each call")
                            .isEqualTo(THREADS * calls()));
            List<Integer> tids = reply.integers("tids");
            for (SyscallEvent event : scenario.recorder().events()) {
                assertOwnArguments(scenario, tids, (OpenEvent) event);
            }
        }
    }

    @Rule("A call that returns on another processor than it entered on keeps its own arguments")
    public final void r01_13_aCallThatMovesKeepsItsArguments() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            // The path is longer than what a driver is likely to keep beside the other arguments.
            ByteString path = ByteString.utf8(scenario.scratch().directory() + "/.".repeat(LONG_PATH / 2) + "/fifo");
            for (int round = 0; round < MOVES; round++) {
                Job job = scenario.block(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, round)
                        .pinned());
                job.move();
                Outcome outcome = scenario.finishReader("fifo", job);
                OpenEvent event = (OpenEvent) scenario.onlyEventOf(job.tid());
                assertThat(event.path().value()).as("the path").isEqualTo(path);
                if (capabilities().has(Feature.UNUSED_MODE)) {
                    assertThat(event.how().value().mode()).as("the mode").isEqualTo(round);
                }
                assertThat(event.call().result()).as("the result").isEqualTo(outcome.result());
            }
            scenario.awaitEmptyStash("R6.1");
        }
    }

    @Rule("Every call that returned is in the statistics")
    public final void r08_1_everyCallThatReturnedIsCounted() {
        try (Scenario scenario = scenario().open()) {
            CaptureStats before = scenario.awaitRest();
            bulk(scenario, THREADS, calls(), 0, false, false);
            CaptureStats after = scenario.awaitEmptyStash();
            assertThat(after.returned() - before.returned())
                    .as("the actor's calls and those of others: %s", after)
                    .isGreaterThanOrEqualTo((long) THREADS * calls());
            assertThat(scenario.recorder().size() + after.totalLost())
                    .as("%s", after)
                    .isEqualTo((long) THREADS * calls());
        }
    }

    @Rule("The statistics count a call as soon as it has returned")
    public final void r08_1_theStatisticsAreABarrier() {
        try (Scenario scenario = scenario().open()) {
            long before = scenario.awaitRest().returned();
            for (int i = 1; i <= BARRIERS; i++) {
                scenario.callUnobserved(scenario.missing(i));
                assertThat(scenario.capture().stats().returned() - before)
                        .as("of %d calls that returned", i)
                        .isGreaterThanOrEqualTo(i);
            }
        }
    }

    @Rule("Events of one thread arrive in the order in which its calls returned")
    @Requires(features = Feature.UNUSED_MODE)
    public final void r09_1_eventsOfAThreadArriveInOrder() {
        try (Scenario scenario = scenario().open()) {
            Reply reply = bulk(scenario, THREADS, calls(), 0, false, false);
            scenario.awaitRest();
            List<Integer> tids = reply.integers("tids");
            for (int thread = 0; thread < THREADS; thread++) {
                List<SyscallEvent> events = scenario.eventsOf(tids.get(thread));
                long first = (long) thread * calls();
                assertThat(events.stream().map(OrderConformance::tag))
                        .as("the calls of one thread")
                        .containsExactlyElementsOf(
                                LongStream.range(first, first + calls()).boxed().toList());
                assertThat(events.stream().map(event -> event.call().exitNanos()))
                        .as("times of return")
                        .isSorted();
            }
        }
    }

    @Rule("Numbers of a source start at 1 and leave out none while nothing is lost")
    public final void r09_2_numbersHaveNoGapWithoutALoss() {
        try (Scenario scenario = scenario().open()) {
            bulk(scenario, 2 * processors(), 500, 0, false, true);
            CaptureStats stats = scenario.awaitRest();
            assertThat(stats.totalLost())
                    .as("the ring is large enough: %s", stats)
                    .isZero();
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().size()).as("events").isEqualTo(2 * processors() * 500));
            assertThat(scenario.recorder().repeatedNumbers())
                    .as("events whose number is not above that of the event before: it is used twice, or falls")
                    .isZero();
            assertThat(scenario.recorder().missingNumbers())
                    .as("numbers missing from the sequences")
                    .isZero();
        }
    }

    @Rule("Events that a full ring loses are counted, and missing from the numbers")
    public final void r09_3_lossesAreCountedAndShowAsGaps() {
        int threads = 2 * processors();
        try (Scenario scenario = scenario()
                .with(builder -> builder.ringBytes(SMALL_RING))
                .unread()
                .open()) {
            long made = 0;
            long end = System.nanoTime() + under().patience().toNanos();
            // A driver that gets its events over a wire has room for some beside its ring, and counts losses later.
            do {
                bulk(scenario, threads, calls(), made, false, true);
                made += (long) threads * calls();
            } while (scenario.capture().stats().totalLost() == 0 && System.nanoTime() < end);
            assertThat(scenario.capture().stats().totalLost())
                    .as("a ring that was not read")
                    .isPositive();
            scenario.consume();
            scenario.awaitRest();
            long all = follow(scenario, threads, made);
            CaptureStats stats = scenario.awaitEmptyStash();
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().size() + stats.totalLost())
                            .as("an event or a loss, never both, never neither: %s", stats)
                            .isEqualTo(all));
            assertThat(scenario.recorder().missingNumbers())
                    .as(
                            "numbers missing, less %d used twice: %s",
                            scenario.recorder().repeatedNumbers(), stats)
                    .isEqualTo(stats.totalLost());
        }
    }

    @Rule("A reader that stalls loses what is counted, and nothing once it reads again")
    public final void r09_3_aReaderThatStalledReadsOn() {
        int threads = 2 * processors();
        try (Scenario scenario =
                scenario().with(builder -> builder.ringBytes(SMALL_RING)).open()) {
            bulk(scenario, threads, 1, 0, false, true);
            scenario.awaitRest();
            long made = threads;
            scenario.recorder().stall(true);
            long end = System.nanoTime() + (long) (under().stall().toNanos() * under().intensity());
            do {
                bulk(scenario, threads, calls(), made, false, true);
                made += (long) threads * calls();
            } while (System.nanoTime() < end);
            scenario.recorder().stall(false);
            long lost = scenario.awaitRest().totalLost();
            assertThat(lost).as("a ring that was not read").isPositive();
            long all = follow(scenario, threads, made);
            CaptureStats stats = scenario.awaitEmptyStash();
            assertThat(stats.totalLost()).as("lost once it was read again").isEqualTo(lost);
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().size() + lost)
                            .as("an event or a loss, never both, never neither: %s", stats)
                            .isEqualTo(all));
            assertThat(scenario.recorder().missingNumbers())
                    .as(
                            "numbers missing, less %d used twice: %s",
                            scenario.recorder().repeatedNumbers(), stats)
                    .isEqualTo(lost);
        }
    }

    /**
     * Makes one more call of each thread, since a loss only shows when an event follows it in its source. The loop
     * covers a processor that is unplugged at that moment, which moves its threads.
     *
     * @param made the number of calls up to now
     * @return the number of calls including these
     */
    private static long follow(Scenario scenario, int threads, long made) {
        long all = made;
        for (int i = 0; i < FOLLOWING_TIMES; i++) {
            bulk(scenario, threads, 1, all, false, true);
            all += threads;
            long lost = scenario.awaitRest().totalLost();
            if (scenario.recorder().missingNumbers() >= lost) {
                break;
            }
        }
        return all;
    }

    /** Returns the number of calls of each thread. */
    private int calls() {
        return scaled(FULL_CALLS);
    }

    private static Reply bulk(Scenario scenario, int threads, int calls, long firstTag, boolean mixed, boolean pinned) {
        return scenario.actor()
                .ask(Command.of("bulk")
                        .with("base", scenario.scratch().bytes("missing"))
                        .with("threads", threads)
                        .with("calls", calls)
                        .with("tag", firstTag)
                        .with("mixed", mixed ? 1 : 0)
                        .with("pinned", pinned ? 1 : 0));
    }

    private void assertOwnArguments(Scenario scenario, List<Integer> tids, OpenEvent event) {
        String path = event.path().value().toUtf8();
        long tag = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
        Syscall expected = switch ((int) (tag % MIXED_CALLS)) {
            case 1 -> Syscall.OPEN;
            case 2 -> Syscall.CREAT;
            case 3 -> Syscall.OPENAT2;
            default -> Syscall.OPENAT;
        };
        long mode = expected == Syscall.OPENAT2 ? tag & 07777 : tag;
        assertThat(event.path().value())
                .as("R1.13: the path")
                .isEqualTo(ByteString.utf8(scenario.scratch().path("missing/" + tag)));
        assertThat(event.call().syscall())
                .as("R1.13: the call that has this path")
                .isEqualTo(expected);
        if (capabilities().has(Feature.UNUSED_MODE) || expected == Syscall.CREAT || expected == Syscall.OPENAT2) {
            assertThat(event.how().value().mode())
                    .as("R1.13: the mode that goes with the path")
                    .isEqualTo(mode);
        }
        assertThat(event.caller().tid())
                .as("R1.13: the thread that had this path")
                .isEqualTo(tids.get((int) (tag / calls())));
    }

    private static long tag(SyscallEvent event) {
        return ((OpenEvent) event).how().value().mode();
    }

    private static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }
}
