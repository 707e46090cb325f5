// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.fixture.CgroupBelow;
import dev.unraced.conformance.fixture.ThreadInfo;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rules about a flood of calls beside the few calls of a victim: which events are lost, and of which user. */
@Requires(syscalls = Syscall.OPENAT, features = Feature.FILTER_THREAD_GROUP)
public abstract class FloodConformance extends DriverConformance {
    /** The size of the unread ring, which holds some 250 events. */
    private static final long SMALL_RING = 64 * 1024;

    private static final int FLOOD = 3_000;
    /** A limit so low that several floods of some seconds fill no ring. */
    private static final int LIMIT = 20;

    private static final int FEW = 15;
    private static final int MANY_USERS = 200;
    private static final int FOLLOWING_TIMES = 200;
    private static final long FOLLOWING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    protected FloodConformance() {}

    @Rule("With a limit per user, floods of two users take no event of a third")
    @Requires(features = Feature.RATE_LIMITS)
    public final void r07_3_floodsOfUsersTakeNothingOfAnother() {
        try (Actor flood = under().actor();
                Actor other = under().actor();
                Scenario scenario = watching(flood, other)
                        .with(builder -> builder.userLimit(LIMIT))
                        .open()) {
            bulk(scenario, flood, FLOOD);
            bulk(scenario, other, FLOOD);
            bulk(scenario, scenario.actor(), FEW);
            assertLimited(scenario, flood, other);
        }
    }

    @Rule("With a limit per cgroup, a flood from one cgroup takes no event of another")
    @Requires(features = {Feature.RATE_LIMITS, Feature.CGROUP_ID})
    public final void r07_3_aFloodOfACgroupTakesNothingOfAnother() {
        try (CgroupBelow below = new CgroupBelow(under().patience());
                Actor flood = under().actor()) {
            below.enter(flood);
            try (Scenario scenario =
                    watching(flood).with(builder -> builder.cgroupLimit(LIMIT)).open()) {
                bulk(scenario, flood, FLOOD);
                bulk(scenario, scenario.actor(), FEW);
                assertLimited(scenario, flood);
            }
        }
    }

    @Rule("An event beyond a limit is counted, and its number is missing")
    @Requires(features = Feature.RATE_LIMITS)
    public final void r09_3_limitedEventsShowAsGaps() {
        int threads = 2 * Runtime.getRuntime().availableProcessors();
        try (Actor flood = under().actor();
                Scenario scenario = watching(flood)
                        .with(builder -> builder.userLimit(Math.max(10 * LIMIT, 2 * threads)))
                        .open()) {
            scenario.consume();
            bulk(scenario, flood, FLOOD);
            long all = FLOOD;
            CaptureStats flooded = scenario.awaitRest();
            Violation.unless(
                    "R7.3",
                    () -> assertThat(limited(flooded))
                            .as("beyond the limit: %s", flooded)
                            .isPositive());
            CaptureStats stats = flooded;
            for (int i = 0; i < FOLLOWING_TIMES && scenario.recorder().missingNumbers() < stats.totalLost(); i++) {
                // An event of another user follows in each source. If that user reaches the limit, the wait gives it
                // tokens back.
                LockSupport.parkNanos(FOLLOWING_NANOS);
                scenario.actor()
                        .ask(Command.of("bulk")
                                .with("base", scenario.scratch().bytes("missing"))
                                .with("threads", threads)
                                .with("calls", 1)
                                .with("pinned", 1));
                all += threads;
                stats = scenario.awaitRest();
            }
            assertAllAccounted(scenario, stats, all);
            assertThat(scenario.recorder().missingNumbers())
                    .as("numbers missing: %s", stats)
                    .isEqualTo(stats.totalLost());
        }
    }

    private static void assertAllAccounted(Scenario scenario, CaptureStats stats, long calls) {
        Violation.unless(
                "R1.1",
                () -> assertThat(scenario.recorder().size() + stats.totalLost())
                        .as("an event or a loss, never both, never neither: %s", stats)
                        .isEqualTo(calls));
    }

    @Rule("Losses of a full ring are counted by user and cgroup, the heaviest first")
    @Requires(features = {Feature.LOSSES_BY_CALLER, Feature.CGROUP_ID})
    public final void r08_3_lossesAreCountedByCaller() {
        try (CgroupBelow below = new CgroupBelow(under().patience());
                Actor flood = under().actor()) {
            below.enter(flood);
            try (Actor other = under().actor();
                    Scenario scenario = watching(flood, other).open()) {
                bulk(scenario, flood, FLOOD);
                bulk(scenario, other, FLOOD / 3);
                bulk(scenario, scenario.actor(), FEW);
                assertThat(scenario.capture().stats().lost())
                        .as("a ring that was not read")
                        .containsKey(LossReason.RING_FULL);
                scenario.consume();
                CaptureStats stats = scenario.awaitRest();
                List<SyscallEvent> events = scenario.recorder().events();
                List<CallerLosses> expected = Stream.of(
                                losses(flood, FLOOD, events),
                                losses(other, FLOOD / 3, events),
                                losses(scenario.actor(), FEW, events))
                        .filter(each -> each.lost() > 0)
                        .toList();
                assertThat(stats.heaviest()).as("%s", stats).isEqualTo(CallerLosses.heaviest(expected));
                assertThat(stats.lostByOthers()).as("%s", stats).isZero();
            }
        }
    }

    @Rule("Many callers lose events: the heaviest are named, and the others counted together")
    @Requires(features = Feature.LOSSES_BY_CALLER)
    public final void r08_3_manyCallersAreBounded() {
        try (Scenario scenario = watching().open()) {
            Actor actor = scenario.actor();
            long first = user(actor) + 1;
            bulk(scenario, actor, FLOOD);
            IntStream.range(0, MANY_USERS).forEach(i -> {
                become(actor, first + i);
                bulk(scenario, actor, 1);
            });
            long heavy = first + MANY_USERS;
            become(actor, heavy);
            bulk(scenario, actor, FLOOD / 2);
            become(actor, first - 1);
            scenario.consume();
            CaptureStats stats = scenario.awaitRest();
            assertThat(stats.heaviest()).as("bounded: %s", stats).hasSizeBetween(2, CallerLosses.MOST);
            assertThat(stats.heaviest().stream().limit(2).map(CallerLosses::uid))
                    .as("the heaviest, one from the start and one that came late: %s", stats)
                    .containsExactly(first - 1, heavy);
            long named = stats.heaviest().stream().mapToLong(CallerLosses::lost).sum();
            assertThat(named + stats.lostByOthers()).as("all losses: %s", stats).isEqualTo(stats.lostAtSource());
            assertThat(stats.heaviest().get(0).lost())
                    .as("more than its calls: %s", stats)
                    .isLessThanOrEqualTo(FLOOD);
            assertThat(stats.heaviest().get(1).lost())
                    .as("one that came late: %s", stats)
                    .isBetween(FLOOD / 2L - MANY_USERS, FLOOD / 2L);
        }
    }

    /** Returns a setup with a small, unread ring that watches the scenario's actor and others. */
    private Scenario.Setup watching(Actor... others) {
        int[] tgids = Stream.of(others).mapToInt(Actor::tgid).toArray();
        int[] own = new int[1];
        return scenario()
                .before(early -> own[0] = early.actor().tgid())
                .with(builder -> builder.tgids(IntStream.concat(IntStream.of(own), IntStream.of(tgids))
                                .toArray())
                        .ringBytes(SMALL_RING))
                .wanted(view -> true)
                .unread();
    }

    private void assertLimited(Scenario scenario, Actor... floods) {
        scenario.consume();
        CaptureStats stats = scenario.awaitRest();
        List<SyscallEvent> events = scenario.recorder().events();
        assertThat(of(scenario.actor(), events))
                .as("R7.3: the events of who stayed below the limit: %s", stats)
                .hasSize(FEW);
        assertThat(stats.lost()).as("R7.3: the only reason: %s", stats).containsOnlyKeys(LossReason.RATE_LIMITED);
        long passed = 0;
        for (Actor flood : floods) {
            List<SyscallEvent> some = of(flood, events);
            assertThat(some).as("R7.3: within the limit: %s", stats).hasSizeBetween(LIMIT, most(some));
            passed += some.size();
        }
        assertThat(limited(stats))
                .as("R7.3: an event or a loss: %s", stats)
                .isEqualTo((long) floods.length * FLOOD - passed);
    }

    /**
     * Returns the most events that a limit allows: a burst of one second, plus the time between the first event and the
     * last.
     */
    private static int most(List<SyscallEvent> events) {
        long time = events.isEmpty()
                ? 0
                : events.get(events.size() - 1).call().exitNanos()
                        - events.get(0).call().exitNanos();
        return LIMIT + 1 + (int) (time * LIMIT / TimeUnit.SECONDS.toNanos(1));
    }

    private static CallerLosses losses(Actor actor, int calls, List<SyscallEvent> events) {
        return new CallerLosses(
                user(actor),
                ThreadInfo.ofMain(actor).cgroupId(),
                calls - of(actor, events).size());
    }

    private static List<SyscallEvent> of(Actor actor, List<SyscallEvent> events) {
        return events.stream()
                .filter(event -> event.caller().tgid() == actor.tgid())
                .toList();
    }

    private static long limited(CaptureStats stats) {
        return stats.lost().getOrDefault(LossReason.RATE_LIMITED, 0L);
    }

    private static long user(Actor actor) {
        return actor.user()
                .orElseThrow(() -> new IllegalStateException(
                        "the actor could not take a user id of its own: run the kit as root"));
    }

    private static void become(Actor actor, long uid) {
        actor.ask(Command.of("user").with("id", uid));
    }

    private static void bulk(Scenario scenario, Actor actor, int calls) {
        actor.ask(Command.of("bulk")
                .with("base", scenario.scratch().bytes("missing"))
                .with("threads", 1)
                .with("calls", calls));
    }
}
