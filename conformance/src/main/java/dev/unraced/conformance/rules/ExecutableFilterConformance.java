// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.EventFilters;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Rules about the filter by the file that the caller executes: two copies of a program are two files. */
@Requires(syscalls = Syscall.OPENAT, features = Feature.FILTER_EXECUTABLE)
public abstract class ExecutableFilterConformance extends DriverConformance {
    private static final int TAG = 107;

    protected ExecutableFilterConformance() {}

    @Rule("A filter by executable goes by the file that the caller executes, by whichever name and from its exec on")
    public final void r01_10_theExecutableFilterGoesByTheFile() {
        try (Scenario scenario = watching("a").open()) {
            assertOnlyAfter(scenario, run(scenario, "a"));
            scenario.actor()
                    .ask(Command.of("link")
                            .with("from", scenario.scratch().bytes("a"))
                            .with("to", scenario.scratch().bytes("second-name")));
            assertOnlyAfter(scenario, run(scenario, "second-name"));
            assertThat(opens(scenario, run(scenario, "b")))
                    .as("opens of a copy that is another file")
                    .isEmpty();
            assertThat(filtered(scenario))
                    .as("the opens before three execs, and after one")
                    .isGreaterThanOrEqualTo(4);
            evidence().add(4);
        }
    }

    @Rule("A filter by executable lets through the calls and the requests of a listed program alone")
    @Requires(origins = Origin.IO_URING, features = Feature.LIVE_FILTERS)
    public final void r01_10_theExecutableFilterJudgesRequests() {
        try (Scenario scenario = watchingTheActor().open()) {
            scenario.call(scenario.missing());
            scenario.call(scenario.missing().throughRing());
            scenario.call(scenario.missing().throughWorker());
            scenario.capture()
                    .filterBy(withExecutables(scenario, scenario.scratch().path("a")));
            int before = scenario.recorder().size();
            scenario.callUnobserved(scenario.missing());
            scenario.callUnobserved(scenario.missing().throughRing());
            scenario.callUnobserved(scenario.missing().throughWorker());
            assertThat(filtered(scenario))
                    .as("calls and requests of another program")
                    .isGreaterThanOrEqualTo(3);
            evidence().add(3);
            assertThat(scenario.recorder().size()).as("no event").isEqualTo(before);
        }
    }

    @Rule("Filters by executable change while the capture runs")
    @Requires(features = Feature.LIVE_FILTERS)
    public final void r12_8_theExecutablesChangeLive() {
        try (Scenario scenario = copied().open()) {
            EventFilters before = scenario.capture().filters();
            for (int round = 0; round < 3; round++) {
                for (Set<String> names : List.of(Set.of("a"), Set.of("b"), Set.of("a", "b"))) {
                    scenario.capture()
                            .filterBy(withExecutables(
                                    scenario,
                                    names.stream().map(scenario.scratch()::path).toArray(String[]::new)));
                    for (String name : List.of("a", "b")) {
                        assertThat(opens(scenario, run(scenario, name)))
                                .as("opens of %s where %s are wanted", name, names)
                                .hasSize(names.contains(name) ? 1 : 0);
                    }
                }
                scenario.capture().filterBy(before);
                assertThat(opens(scenario, run(scenario, "a")))
                        .as("opens before the exec and after it, without the filter")
                        .hasSize(2);
            }
        }
    }

    @Rule("A filter by an executable that is not there is refused")
    public final void r01_10_anExecutableThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> watching("missing").open().close())
                .as("a capture with it")
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("missing");
        if (capabilities().has(Feature.LIVE_FILTERS)) {
            try (Scenario scenario = watching("a").open()) {
                EventFilters before = scenario.capture().filters();
                EventFilters others =
                        withExecutables(scenario, scenario.scratch().path("missing"));
                assertThatThrownBy(() -> scenario.capture().filterBy(others))
                        .as("R12.10: a change to it")
                        .isInstanceOf(CaptureException.class)
                        .hasMessageContaining("missing");
                assertThat(scenario.capture().filters())
                        .as("R12.10: the filters after it")
                        .isEqualTo(before);
                assertOnlyAfter(scenario, run(scenario, "a"));
            }
        }
    }

    @Rule("A filter by executable judges an exec by the new image, and a fork by the forker's")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_7_anExecIsJudgedByTheNewImage() {
        try (Scenario scenario =
                watching("a").with(builder -> builder.processEvents(true)).open()) {
            assertThat(typesOf(scenario, run(scenario, "a")))
                    .as("events of a process that another program forks, and that executes a listed one")
                    .containsExactly(ProcessView.Type.EXEC, ProcessView.Type.EXIT);
            assertThat(typesOf(scenario, run(scenario, "b")))
                    .as("events of a process that executes another program; its end may be one")
                    .doesNotContain(ProcessView.Type.FORK, ProcessView.Type.EXEC);
        }
    }

    @Rule("A filter by executable judges an exec that fails by the image that called")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.FAILED_EXECS})
    public final void r16_7_anExecThatFailsIsJudgedByTheCaller() {
        try (Scenario scenario =
                watchingTheActor().with(builder -> builder.processEvents(true)).open()) {
            List<ProcessView.Type> life = typesOf(scenario, failAndRun(scenario, "a"));
            evidence().add(life.size());
            assertThat(life)
                    .as("events of a listed program that executes another one after two failures; its end may be one")
                    .startsWith(ProcessView.Type.FORK, ProcessView.Type.EXEC_FAILED, ProcessView.Type.EXEC_FAILED)
                    .doesNotContain(ProcessView.Type.EXEC);
        }
        try (Scenario scenario =
                watching("a").with(builder -> builder.processEvents(true)).open()) {
            assertThat(typesOf(scenario, failAndRun(scenario, "a")))
                    .as("events of another program that executes a listed one after two failures")
                    .containsExactly(ProcessView.Type.EXEC, ProcessView.Type.EXIT);
        }
    }

    @Rule("A filter by executable judges an exec that fails when the old image is gone by the image that called")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.FAILED_EXECS})
    public final void r16_7_anExecThatFailsLateIsJudgedByTheCaller() {
        AtomicReference<String> late = new AtomicReference<>("");
        try (Scenario scenario = copied().before(early -> {
                    failLate(early);
                    late.set(early.scratch().path("late"));
                })
                .with(builder -> builder.executables(late.get()).processEvents(true))
                .open()) {
            assertThat(typesOf(scenario, failLate(scenario)))
                    .as("events of another program that fails to execute a listed one")
                    .isEmpty();
        }
        try (Scenario scenario =
                watchingTheActor().with(builder -> builder.processEvents(true)).open()) {
            List<ProcessView.Type> life = typesOf(scenario, failLate(scenario));
            evidence().add(life.size());
            assertThat(life)
                    .as("events of a listed program that fails to execute another one")
                    .containsExactly(ProcessView.Type.FORK, ProcessView.Type.EXEC_FAILED, ProcessView.Type.EXIT);
        }
    }

    /** Returns a setup that watches the actor's own program, which has copied itself. */
    private Scenario.Setup watchingTheActor() {
        AtomicReference<String> own = new AtomicReference<>("");
        return copied().before(early -> own.set(programOf(early))).with(builder -> builder.executables(own.get()));
    }

    /** Returns a setup that watches one of the two copies, or a program that is not there. */
    private Scenario.Setup watching(String name) {
        AtomicReference<String> path = new AtomicReference<>("");
        return copied().before(early -> {
                    copy(early);
                    path.set(early.scratch().path(name));
                })
                .with(builder -> builder.executables(path.get()));
    }

    /** Returns a setup whose actor has copied its program twice. */
    private Scenario.Setup copied() {
        return scenario().scope(Scope.FAMILY).before(ExecutableFilterConformance::copy);
    }

    private static void copy(Scenario early) {
        run(early, "a");
        run(early, "b");
    }

    /** Returns a path that leads to the actor's program, which may have lost its name. */
    private static String programOf(Scenario early) {
        copy(early);
        Reply reply = early.actor().ask(program(early));
        return reply.integer("deleted") == 0
                ? reply.bytes("real").orElseThrow().toUtf8()
                : "/proc/" + early.actor().tgid() + "/exe";
    }

    private static Command program(Scenario scenario) {
        return Command.of("program")
                .with("path", scenario.scratch().bytes("before"))
                .with("other", scenario.scratch().bytes("after"))
                .with("tag", TAG);
    }

    /** Has a child execute a copy, and returns the child. */
    private static int run(Scenario scenario, String copy) {
        return scenario.actor()
                .ask(program(scenario).with("copy", scenario.scratch().bytes(copy)))
                .integer("tgid");
    }

    /** Has a child ask for a program that is not there, twice, before it executes a copy. */
    private static int failAndRun(Scenario scenario, String copy) {
        return scenario.actor()
                .ask(program(scenario)
                        .with("copy", scenario.scratch().bytes(copy))
                        .with("fails", scenario.scratch().bytes("missing-program")))
                .integer("tgid");
    }

    /** Has a child execute a program that the kernel cannot map, and returns the child, which the kernel ends. */
    private static int failLate(Scenario scenario) {
        return played(
                        scenario,
                        Command.of("late-exec").with("path", scenario.scratch().bytes("late")))
                .integer("tgid");
    }

    private static List<SyscallEvent> opens(Scenario scenario, int tgid) {
        scenario.awaitRest();
        return scenario.recorder().events().stream()
                .filter(event -> event.caller().tgid() == tgid)
                .toList();
    }

    private static List<ProcessView.Type> typesOf(Scenario scenario, int tgid) {
        scenario.awaitRest();
        return scenario.recorder().processes().stream()
                .filter(event -> event.tgid() == tgid)
                .map(ProcessView::type)
                .toList();
    }

    private void assertOnlyAfter(Scenario scenario, int tgid) {
        List<SyscallEvent> events = opens(scenario, tgid);
        evidence().add(events.size());
        assertThat(events)
                .as("R1.10: the open after the exec of the listed file, and not the one before")
                .extracting(event -> ((OpenEvent) event).path().value())
                .containsExactly(scenario.scratch().bytes("after"));
    }

    private static EventFilters withExecutables(Scenario scenario, String... paths) {
        EventFilters all = scenario.capture().filters();
        return new EventFilters(
                all.tgids(),
                all.uids(),
                all.cgroups(),
                all.mountNamespaces(),
                Set.of(paths),
                all.paths(),
                all.result());
    }

    private static long filtered(Scenario scenario) {
        return scenario.awaitRest().filtered().getOrDefault(FilterReason.EXECUTABLE, 0L);
    }
}
