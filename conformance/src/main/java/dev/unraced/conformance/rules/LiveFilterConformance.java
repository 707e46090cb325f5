// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Load;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Rules about the change of the filters in a running capture (chapter 12). */
@Requires(syscalls = Syscall.OPENAT)
public abstract class LiveFilterConformance extends DriverConformance {
    private static final int LOADS = 2;
    private static final int CHANGES = 100;
    private static final int CALLS = 10_000;
    /**
     * The most that the events of a round take for each call of a thread: those of three processes of three threads.
     */
    private static final long ROUND_BYTES = 9 * 512;

    /** A path that the kernel looks at for a while, so that more calls are under way at a change. */
    private static final String SLOWLY = "./".repeat(80) + "missing";

    protected LiveFilterConformance() {}

    @Rule("The filters change while the capture runs, and hold for the next call")
    @Requires(features = {Feature.LIVE_FILTERS, Feature.FILTER_PATH, Feature.FILTER_RESULT})
    public final void r12_8_theFiltersChangeLive() {
        try (Scenario scenario = scenario().open()) {
            EventFilters before = scenario.capture().filters();
            List<EventFilters> steps = List.of(
                    withPaths(before, path(scenario, "in")),
                    withPaths(before, path(scenario, "in"), path(scenario, "inside/deep")),
                    withPaths(before, path(scenario, "out")),
                    withResult(before, ResultFilter.FAILED),
                    withResult(before, ResultFilter.SUCCEEDED),
                    before);
            for (int round = 0; round < 3; round++) {
                for (EventFilters filters : steps) {
                    scenario.capture().filterBy(filters);
                    assertThat(scenario.capture().filters())
                            .as("the filters of the capture")
                            .isEqualTo(filters);
                    for (String name : List.of("inside/deep", "outside")) {
                        judge(scenario, filters, name);
                    }
                }
            }
        }
    }

    private static void judge(Scenario scenario, EventFilters filters, String name) {
        byte[] path = scenario.scratch().bytes(name).toByteArray();
        int before = scenario.recorder().size();
        scenario.callUnobserved(open(scenario, name));
        scenario.awaitRest();
        boolean wanted =
                filters.acceptsPath(path, path.length) && filters.result().accepts(true);
        assertThat(scenario.recorder().size() - before)
                .as("R12.8: events of %s under %s", name, filters)
                .isEqualTo(wanted ? 1 : 0);
    }

    @Rule("A call is judged by the filters under which it entered")
    @Requires(features = {Feature.LIVE_FILTERS, Feature.FILTER_PATH})
    public final void r12_8_aCallKeepsItsFilters() {
        for (Mitigation mode : modes()) {
            try (Scenario scenario = scenario().mitigation(mode).open()) {
                scenario.makeFifo("fifo");
                EventFilters all = scenario.capture().filters();
                EventFilters others = withPaths(all, path(scenario, "other"));
                assertKept(mode, changed(scenario, fifo(scenario), all, others), 1);
                assertKept(mode, changed(scenario, fifo(scenario), others, all), 0);
                scenario.awaitEmptyStash("R12.8");
            }
        }
    }

    /** Looks at the events of a call that the filters of its entry let through, or left out. */
    private void assertKept(Mitigation mode, List<SyscallEvent> events, int expected) {
        if (capabilities().has(Feature.FILTERS_AT_ENTRY)) {
            assertThat(events)
                    .as("R12.8: events of a call that its filters let through %d times, under %s", expected, mode)
                    .hasSize(expected);
        }
        assertNoneMissed(events);
    }

    @Rule("A request on an io_uring is judged by the filters under which it was submitted")
    @Requires(
            origins = Origin.IO_URING,
            features = {Feature.LIVE_FILTERS, Feature.FILTERS_AT_ENTRY, Feature.FILTER_PATH, Feature.FILTER_THREAD_GROUP
            })
    public final void r12_8_aRequestKeepsItsFilters() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            EventFilters all = scenario.capture().filters();
            WatchedCall request = fifo(scenario).throughWorker();
            for (EventFilters others :
                    List.of(withPaths(all, path(scenario, "other")), withTgids(all, Integer.MAX_VALUE))) {
                for (boolean told : new boolean[] {true, false}) {
                    List<SyscallEvent> events =
                            changed(scenario, request, told ? all : others, told ? others : all).stream()
                                    .filter(event -> event.call().origin() == Origin.IO_URING)
                                    .toList();
                    assertThat(events)
                            .as("events of a request whose submission the filters let through: %s", told)
                            .hasSize(told ? 1 : 0);
                    assertNoneMissed(events);
                }
            }
        }
    }

    private static WatchedCall fifo(Scenario scenario) {
        return WatchedCall.openat(Pointer.to(path(scenario, "fifo")), Linux.O_RDONLY, 0);
    }

    /** Returns the events of a call that enters under some filters and returns after a change. */
    private static List<SyscallEvent> changed(Scenario scenario, WatchedCall call, EventFilters from, EventFilters to) {
        scenario.capture().filterBy(from);
        Job job = scenario.block(call);
        scenario.capture().filterBy(to);
        scenario.finishReader("fifo", job);
        return scenario.eventsOf(job.tid());
    }

    @Rule("Changes between two filters by path under load lose no call of both, and tell of none of neither")
    @Requires(features = {Feature.LIVE_FILTERS, Feature.FILTER_PATH})
    public final void r12_9_aChangeOfPathsIsAtomic() throws InterruptedException {
        for (Mitigation mode : modes()) {
            try (Scenario scenario = scenario()
                    .mitigation(mode)
                    .with(builder -> builder.ringBytes(ringBytes()))
                    .open()) {
                EventFilters all = scenario.capture().filters();
                List<EventFilters> filters = List.of(
                        withPaths(all, path(scenario, SLOWLY + "/1"), path(scenario, SLOWLY + "/3")),
                        withPaths(
                                all,
                                path(scenario, SLOWLY + "/2"),
                                path(scenario, SLOWLY + "/3"),
                                path(scenario, "fifo")));
                scenario.makeFifo("fifo");
                // On a busy machine every change of a load can fall between its calls.
                assertNoneMissed(changed(scenario, fifo(scenario), filters.get(0), filters.get(1)));
                int changes = 0;
                int rounds = 0;
                for (; changes < scaled(CHANGES) || rounds < LOADS; rounds++) {
                    Load load = Load.of(scenario.actor(), calls(scenario, 4));
                    for (; load.isUnderWay(); changes++) {
                        scenario.capture().filterBy(filters.get(changes % 2));
                    }
                    load.end();
                    List<SyscallEvent> events = scenario.takeEvents();
                    assertAtomic(events, scenario.awaitRest());
                    assertThat(events.stream().filter(event -> digit(event) == 4))
                            .as("calls that neither filter lets through")
                            .isEmpty();
                }
                scenario.awaitEmptyStash("R12.9");
            }
        }
    }

    @Rule("Changes between two filters by process under load lose no call of both, and tell of none of neither")
    @Requires(features = {Feature.LIVE_FILTERS, Feature.FILTER_THREAD_GROUP})
    public final void r12_9_aChangeOfProcessesIsAtomic() throws InterruptedException {
        // A driver of sandboxes watches those that run when its capture opens, so the strangers start first.
        try (Actor sometimes = under().actor();
                Actor never = under().actor();
                Scenario scenario = scenario()
                        .scope(Scope.MACHINE)
                        .wanted(view -> true)
                        .with(builder -> builder.ringBytes(ringBytes()))
                        .open()) {
            int own = scenario.actor().tgid();
            if (sometimes.tgid() == own || never.tgid() == own) {
                throw new NotApplicable("each actor has a kernel of its own, and the same id there");
            }
            EventFilters all = scenario.capture().filters();
            List<EventFilters> filters =
                    List.of(withTgids(all, own, sometimes.tgid()), withTgids(all, own, Integer.MAX_VALUE));
            scenario.capture().filterBy(filters.get(0));
            scenario.takeEvents();
            int changes = 0;
            int rounds = 0;
            for (; changes < scaled(CHANGES) || rounds < LOADS; rounds++) {
                List<Load> loads = Stream.of(scenario.actor(), sometimes, never)
                        .map(actor -> Load.of(actor, calls(scenario, 3)))
                        .toList();
                for (; loads.stream().anyMatch(Load::isUnderWay); changes++) {
                    scenario.capture().filterBy(filters.get((changes + 1) % 2));
                }
                for (Load load : loads) {
                    load.end();
                }
                List<SyscallEvent> events = scenario.takeEvents();
                List<SyscallEvent> ofBoth = events.stream()
                        .filter(event -> event.caller().tgid() == own)
                        .toList();
                assertAtomic(ofBoth, scenario.awaitRest());
                assertThat(events.stream().filter(event -> event.caller().tgid() == never.tgid()))
                        .as("calls that neither filter lets through")
                        .isEmpty();
                assertNoneMissed(events);
            }
        }
    }

    /** Looks at the calls that both filters let through: those whose tag begins with 3. */
    private void assertAtomic(List<SyscallEvent> events, CaptureStats stats) {
        long both = events.stream().filter(event -> digit(event) == 3).count();
        assertThat(both)
                .as("R12.9: calls that both filters let through: %s", stats)
                .isLessThanOrEqualTo(calls())
                .isGreaterThanOrEqualTo(calls() - stats.totalLost());
        assertNoneMissed(events);
    }

    private static void assertNoneMissed(List<SyscallEvent> events) {
        assertThat(events.stream().filter(event -> event.flags().contains(EventFlag.ENTER_MISSED)))
                .as("R12.9: calls that entered under a filter that left them out")
                .isEmpty();
    }

    /** Returns the first digit of the tag that ends a path. */
    private int digit(SyscallEvent event) {
        ByteString path = ((OpenEvent) event).path().value();
        return path.byteAt(path.length() - String.valueOf(calls()).length()) - '0';
    }

    /** Returns the calls of a thread: a power of ten, so that the first digit of a call's tag tells its thread. */
    private int calls() {
        int calls = CALLS;
        while (calls > scaled(CALLS) && calls > 10) {
            calls /= 10;
        }
        return calls;
    }

    /** Returns the size of a ring that holds the events of a round, so that a slow reader loses none. */
    private long ringBytes() {
        return Long.highestOneBit(ROUND_BYTES * calls()) << 1;
    }

    @Rule("Filters that the driver cannot change to are refused, and those in force stay")
    public final void r12_10_aLackingChangeIsRefused() {
        try (Scenario scenario = scenario().open()) {
            boolean live = capabilities().has(Feature.LIVE_FILTERS);
            EventFilters before = live ? scenario.capture().filters() : EventFilters.NONE;
            List<EventFilters> impossible = Stream.of(
                            withUser(before),
                            withNamespace(before),
                            withExecutable(before),
                            withPaths(before, ByteString.utf8("/nowhere")),
                            withResult(before, ResultFilter.SUCCEEDED),
                            withTgids(before, Integer.MAX_VALUE))
                    .filter(filters -> !live || !filters.needs().stream().allMatch(capabilities()::has))
                    .toList();
            if (impossible.isEmpty()) {
                throw new NotApplicable("the driver lacks no filter");
            }
            for (EventFilters filters : impossible) {
                assertThatThrownBy(() -> scenario.capture().filterBy(filters))
                        .as("%s", filters)
                        .isInstanceOf(CaptureException.class);
                if (live) {
                    assertThat(scenario.capture().filters())
                            .as("the filters after a refused change")
                            .isEqualTo(before);
                }
            }
            scenario.call(scenario.missing());
        }
    }

    private List<Mitigation> modes() {
        return Stream.of(Mitigation.values()).filter(capabilities()::has).toList();
    }

    /** Returns a load of some threads, whose calls have tags that begin with 1, 2 and so on. */
    private Command calls(Scenario scenario, long threads) {
        return Command.of("bulk")
                .with("base", path(scenario, SLOWLY))
                .with("threads", threads)
                .with("calls", calls())
                .with("tag", calls());
    }

    private static WatchedCall open(Scenario scenario, String name) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes(name)), Linux.O_RDONLY, 0);
    }

    private static ByteString path(Scenario scenario, String name) {
        return scenario.scratch().bytes(name);
    }

    private static EventFilters withPaths(EventFilters all, ByteString... paths) {
        return new EventFilters(
                all.tgids(),
                all.uids(),
                all.cgroups(),
                all.mountNamespaces(),
                all.executables(),
                List.of(paths),
                all.result());
    }

    private static EventFilters withResult(EventFilters all, ResultFilter result) {
        return new EventFilters(
                all.tgids(), all.uids(), all.cgroups(), all.mountNamespaces(), all.executables(), all.paths(), result);
    }

    private static EventFilters withTgids(EventFilters all, Integer... tgids) {
        return new EventFilters(
                Set.of(tgids),
                all.uids(),
                all.cgroups(),
                all.mountNamespaces(),
                all.executables(),
                all.paths(),
                all.result());
    }

    private static EventFilters withUser(EventFilters all) {
        return new EventFilters(
                all.tgids(),
                Set.of(1L),
                all.cgroups(),
                all.mountNamespaces(),
                all.executables(),
                all.paths(),
                all.result());
    }

    private static EventFilters withExecutable(EventFilters all) {
        return new EventFilters(
                all.tgids(),
                all.uids(),
                all.cgroups(),
                all.mountNamespaces(),
                Set.of("/nowhere"),
                all.paths(),
                all.result());
    }

    private static EventFilters withNamespace(EventFilters all) {
        return new EventFilters(
                all.tgids(), all.uids(), all.cgroups(), Set.of(1L), all.executables(), all.paths(), all.result());
    }
}
