// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.FilterReason;
import dev.unraced.config.ResultFilter;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.CgroupBelow;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.fixture.ThreadInfo;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Rules about what filters leave out at the source. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class FilterConformance extends DriverConformance {
    /** An offset that makes a cgroup id one that no directory has. */
    private static final long NO_CGROUP = 1L << 48;

    private static final int SOCKET = 1;

    protected FilterConformance() {}

    @Rule("A call that a filter leaves out is no event, and is counted by reason")
    @Requires(features = Feature.FILTER_THREAD_GROUP)
    public final void r01_10_filteredCallsAreCounted() {
        try (Scenario scenario =
                scenario().with(builder -> builder.tgids(Integer.MAX_VALUE)).open()) {
            bulk(scenario, 2, 100);
            assertThat(filtered(scenario, FilterReason.TGID))
                    .as("filtered calls of processes that were not asked for")
                    .isGreaterThanOrEqualTo(200);
            evidence().add(200);
            assertThat(scenario.recorder().delivered()).as("no event").isZero();
        }
    }

    @Rule("A filter by thread group leaves out another process")
    @Requires(features = Feature.FILTER_THREAD_GROUP)
    public final void r01_10_theThreadGroupFilterTellsProcessesApart() {
        // A driver of sandboxes watches those that run when its capture opens, so the stranger starts first.
        try (Actor stranger = under().actor();
                Scenario scenario = scenario().open()) {
            if (stranger.tgid() == scenario.actor().tgid()) {
                throw new NotApplicable("each actor has a kernel of its own, and the same id there");
            }
            long before = filtered(scenario, FilterReason.TGID);
            bulk(scenario, stranger, 2, 100);
            scenario.awaitRest();
            assertThat(filtered(scenario, FilterReason.TGID) - before)
                    .as("filtered calls of a stranger")
                    .isGreaterThanOrEqualTo(200);
            evidence().add(200);
            assertThat(scenario.recorder().delivered()).as("no event").isZero();
        }
    }

    @Rule("A filter by user goes by the real user id")
    @Requires(features = Feature.FILTER_USER)
    public final void r01_10_theUserFilterGoesByTheRealUser() {
        try (Actor stranger = under().actor();
                Scenario scenario = scenario().scope(Scope.FAMILY).open()) {
            if (stranger.user().equals(scenario.actor().user())) {
                // Each actor has a kernel of its own, and the same id there.
                long other = stranger.user().getAsLong() + 1;
                stranger.ask(Command.of("user").with("id", other));
            }
            bulk(scenario, 2, 50);
            bulk(scenario, stranger, 2, 50);
            scenario.awaitRest();
            assertThat(scenario.recorder().delivered()).as("the actor's alone").isEqualTo(100);
            assertThat(filtered(scenario, FilterReason.UID))
                    .as("filtered calls of other users")
                    .isGreaterThanOrEqualTo(100);
        }
    }

    @Rule("A filter by cgroup lets through those of the cgroup, and counts the others")
    @Requires(features = {Feature.FILTER_CGROUP, Feature.CGROUP_ID})
    public final void r01_10_theCgroupFilterGoesByTheCallersCgroup() {
        int calls = 50;
        AtomicLong cgroup = new AtomicLong();
        Scenario.Setup setup = scenario()
                .before(early -> cgroup.set(ThreadInfo.ofMain(early.actor()).cgroupId()))
                .with(builder -> builder.cgroups(cgroup.get()));
        try (Scenario own = setup.open()) {
            bulk(own, 1, calls);
            own.awaitRest();
            assertThat(own.recorder().delivered()).as("its own cgroup").isEqualTo(calls);
        }
        try (Scenario other =
                setup.with(builder -> builder.cgroups(cgroup.get() + NO_CGROUP)).open()) {
            bulk(other, 1, calls);
            assertThat(filtered(other, FilterReason.CGROUP))
                    .as("the actor passes the filter by process")
                    .isGreaterThanOrEqualTo(calls);
            assertThat(other.recorder().delivered()).as("no event").isZero();
        }
    }

    @Rule("A filter by cgroup lets through those of every cgroup below it")
    @Requires(features = {Feature.FILTER_CGROUP, Feature.CGROUP_ID})
    public final void r01_10_theCgroupFilterTakesTheSubtree() {
        int calls = 50;
        AtomicLong above = new AtomicLong();
        try (CgroupBelow below = new CgroupBelow(under().patience());
                Scenario scenario = scenario()
                        .before(early -> above.set(below.enter(early.actor())))
                        .with(builder -> builder.cgroups(above.get()))
                        .open()) {
            assertThat(ThreadInfo.ofMain(scenario.actor()).cgroupId())
                    .as("the actor is in another cgroup")
                    .isNotEqualTo(above.get());
            bulk(scenario, 1, calls);
            scenario.awaitRest();
            assertThat(scenario.recorder().delivered())
                    .as("from below the cgroup")
                    .isEqualTo(calls);
        }
    }

    @Rule("A filter by mount namespace lets through those of the namespace, and counts the others")
    @Requires(features = {Feature.FILTER_MOUNT_NAMESPACE, Feature.NAMESPACES})
    public final void r01_10_theMountNamespaceFilterGoesByTheCallers() {
        int calls = 50;
        AtomicLong namespace = new AtomicLong();
        Scenario.Setup setup = scenario()
                .before(early -> namespace.set(ThreadInfo.ofMain(early.actor()).mountNamespace()))
                .with(builder -> builder.mountNamespaces(namespace.get()));
        try (Scenario own = setup.open()) {
            bulk(own, 1, calls);
            own.awaitRest();
            assertThat(own.recorder().delivered()).as("its own namespace").isEqualTo(calls);
        }
        try (Scenario other = setup.with(builder -> builder.mountNamespaces(namespace.get() ^ 1))
                .open()) {
            bulk(other, 1, calls);
            assertThat(filtered(other, FilterReason.MOUNT_NS))
                    .as("filtered calls of another mount namespace")
                    .isGreaterThanOrEqualTo(calls);
            assertThat(other.recorder().delivered()).as("no event").isZero();
        }
    }

    @Rule("A filter by path goes by how the path of the event starts, in every mode")
    @Requires(features = Feature.FILTER_PATH)
    public final void r01_10_thePathFilterGoesByTheStart() {
        for (Mitigation mode :
                Stream.of(Mitigation.values()).filter(capabilities()::has).toList()) {
            try (Scenario scenario = below("in").mitigation(mode).open()) {
                for (String name : new String[] {"in", "inside", "in/deep", "in" + "/x".repeat(500)}) {
                    OpenEvent event = scenario.call(missing(scenario, name)).open();
                    assertThat(event.path().value())
                            .as("under %s", mode)
                            .isEqualTo(scenario.scratch().bytes(name));
                }
                long before = filtered(scenario, FilterReason.PATH);
                for (String name : new String[] {"i", "out", "out/in", "out" + "/x".repeat(500)}) {
                    scenario.callUnobserved(missing(scenario, name));
                }
                assertThat(filtered(scenario, FilterReason.PATH) - before)
                        .as("under %s", mode)
                        .isEqualTo(4);
                assertThat(scenario.recorder().size())
                        .as("no event, under %s", mode)
                        .isEqualTo(4);
            }
        }
    }

    @Rule("A filter by path takes starts of up to 256 bytes, and several")
    @Requires(features = Feature.FILTER_PATH)
    public final void r01_10_thePathFilterTakesLongStartsAndSeveral() {
        AtomicReference<String> start = new AtomicReference<>("");
        try (Scenario scenario = scenario()
                .before(early -> {
                    String base = early.scratch().path("");
                    start.set(base + "x".repeat(256 - base.length()));
                })
                .with(builder -> builder.paths("/nowhere", start.get()))
                .open()) {
            String name = "x".repeat(256 - scenario.scratch().path("").length());
            assertThat(scenario.call(missing(scenario, name + "y"))
                            .open()
                            .path()
                            .value())
                    .as("the path of the one event")
                    .isEqualTo(scenario.scratch().bytes(name + "y"));
            scenario.callUnobserved(missing(scenario, name.substring(1)));
            scenario.callUnobserved(missing(scenario, name.substring(1) + "y".repeat(9)));
            scenario.awaitRest();
            assertThat(scenario.recorder().size()).as("no event").isEqualTo(1);
        }
    }

    @Rule("A filter by path lets through connects and unreadable paths")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.FILTER_PATH)
    public final void r01_10_thePathFilterLetsThroughWhatHasNoPath() {
        try (Scenario scenario = below("in").open()) {
            scenario.call(WatchedCall.openat(Pointer.NULL, Linux.O_RDONLY, 0)).open();
            new Sockets(scenario.actor()).datagram(SOCKET, Linux.AF_INET);
            scenario.call(WatchedCall.connect("h:" + SOCKET, SocketAddresses.loopback(9)))
                    .connect();
        }
    }

    @Rule("A filter by result tells failed calls from others")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.FILTER_RESULT)
    public final void r01_10_theResultFilterGoesByTheOutcome() {
        for (ResultFilter wanted : new ResultFilter[] {ResultFilter.FAILED, ResultFilter.SUCCEEDED}) {
            try (Scenario scenario =
                    scenario().with(builder -> builder.result(wanted)).open()) {
                scenario.makeFile("file");
                Sockets sockets = new Sockets(scenario.actor());
                boolean failed = wanted == ResultFilter.FAILED;
                assertFiltered(scenario, missing(scenario, "missing"), failed);
                assertFiltered(scenario, missing(scenario, "file"), !failed);
                sockets.datagram(SOCKET, Linux.AF_INET);
                assertFiltered(scenario, WatchedCall.connect("h:" + SOCKET, SocketAddresses.loopback(9)), !failed);
                assertFiltered(scenario, WatchedCall.connect("-1", SocketAddresses.loopback(9)), failed);
            }
        }
    }

    @Rule("For the filter by result, a connect under way has not failed")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.FILTER_RESULT)
    public final void r01_10_aConnectUnderWayHasNotFailed() {
        try (Scenario scenario =
                scenario().with(builder -> builder.result(ResultFilter.FAILED)).open()) {
            Sockets sockets = new Sockets(scenario.actor());
            int filler = SOCKET + 2;
            var full = sockets.listenFull(SOCKET, SocketAddresses.loopback(0), filler);
            sockets.nonblocking(SOCKET + 1, Linux.AF_INET);
            WatchedCall call = WatchedCall.connect("h:" + (SOCKET + 1), full);
            long before = filtered(scenario, FilterReason.RESULT);
            scenario.callUnobserved(call).requireResult(Linux.EINPROGRESS, "a connect to a full listener");
            assertThat(filtered(scenario, FilterReason.RESULT) - before)
                    .as("under way")
                    .isEqualTo(1);
            evidence().add(1);
        }
    }

    @Rule("A call that several filters leave out is counted under the first")
    @Requires(features = {Feature.FILTER_PATH, Feature.FILTER_RESULT})
    public final void r01_10_theFirstReasonCounts() {
        try (Scenario scenario = below("in")
                .with(builder -> builder.result(ResultFilter.SUCCEEDED))
                .open()) {
            scenario.callUnobserved(missing(scenario, "out"));
            assertThat(filtered(scenario, FilterReason.PATH))
                    .as("calls filtered by path")
                    .isEqualTo(1);
            assertThat(filtered(scenario, FilterReason.RESULT))
                    .as("calls filtered by result")
                    .isZero();
            evidence().add(1);
        }
    }

    @Rule("A call whose path a filter leaves out takes no room in the stash, unless the kernel's copy decides")
    @Requires(
            mitigations = Mitigation.STASH,
            features = {Feature.FILTER_PATH, Feature.FILTERS_AT_ENTRY})
    public final void r07_2_filteredPathsTakeNoRoom() {
        try (Scenario scenario = below("in").mitigation(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            Job job = scenario.block(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
            assertThat(scenario.capture().stats().stash().puts())
                    .as("stash entries of filtered calls")
                    .isZero();
            scenario.finishReader("fifo", job);
            scenario.awaitRest();
            assertThat(filtered(scenario, FilterReason.PATH))
                    .as("calls filtered by path")
                    .isEqualTo(2);
            evidence().add(2);
            assertThat(scenario.recorder().size()).as("no event").isZero();
        }
    }

    /** Returns a setup that watches paths in the scratch directory with this start. */
    private Scenario.Setup below(String start) {
        AtomicReference<String> path = new AtomicReference<>("");
        return scenario()
                .before(early -> path.set(early.scratch().path(start)))
                .with(builder -> builder.paths(path.get()));
    }

    private static void assertFiltered(Scenario scenario, WatchedCall call, boolean isEvent) {
        long before = filtered(scenario, FilterReason.RESULT);
        if (isEvent) {
            scenario.call(call);
        } else {
            scenario.callUnobserved(call);
        }
        assertThat(filtered(scenario, FilterReason.RESULT) - before)
                .as("R1.10: %s", call)
                .isEqualTo(isEvent ? 0 : 1);
    }

    private static WatchedCall missing(Scenario scenario, String name) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes(name)), Linux.O_RDONLY, 0);
    }

    private static void bulk(Scenario scenario, int threads, int calls) {
        bulk(scenario, scenario.actor(), threads, calls);
    }

    private static void bulk(Scenario scenario, Actor actor, int threads, int calls) {
        actor.ask(Command.of("bulk")
                .with("base", scenario.scratch().bytes("missing"))
                .with("threads", threads)
                .with("calls", calls));
    }

    private static long filtered(Scenario scenario, FilterReason reason) {
        return scenario.awaitRest().filtered().getOrDefault(reason, 0L);
    }
}
