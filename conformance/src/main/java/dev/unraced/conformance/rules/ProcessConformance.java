// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.ThreadInfo;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Recorder.Keyed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;

/** Rules about process events, and about the image behind a call. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class ProcessConformance extends ProgramConformance {
    /** These programs make five times as many events, far more than a limit of a few lets through. */
    private static final int PROGRAMS = 20;

    private static final int LIMIT = 4;

    /** In so many processes, two threads at least often end within the same microsecond. */
    private static final int ROUNDS = 50;

    private static final int THREADS = 8;

    protected ProcessConformance() {}

    /** Rules about execs. */
    @Nested
    class Execs extends ExecConformance {}

    @Rule("A fork, an exec and an exit are events, in this order, and threads are none")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_1_forkExecAndExitAreEvents() {
        try (Scenario scenario = watching().open()) {
            for (String words : List.of("", "thread")) {
                Reply reply = program(scenario, words);
                List<ProcessView> life = lifeOf(scenario, reply);
                assertThat(life)
                        .as("events of a child that executes a program, %s", words)
                        .extracting(ProcessView::type)
                        .containsExactly(ProcessView.Type.FORK, ProcessView.Type.EXEC, ProcessView.Type.EXIT);
                assertThat(life)
                        .as("one start for the whole life")
                        .extracting(ProcessView::startNanos)
                        .containsOnly(life.get(0).startNanos());
                assertThat(life.get(0).forkerTgid())
                        .as("the forker")
                        .isEqualTo(scenario.actor().tgid());
                assertThat(life)
                        .as("the parent")
                        .extracting(ProcessView::parentTgid)
                        .containsOnly(scenario.actor().tgid());
                for (ProcessView event : life) {
                    assertThat(event.nanos())
                            .as("the time of the %s", event.type())
                            .isBetween(reply.number("begun"), reply.number("ended"));
                }
            }
        }
    }

    @Rule("With a limit per user, process events beyond it are counted losses")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.RATE_LIMITS})
    public final void r07_3_processEventsAreLimited() {
        try (Scenario scenario =
                watching().with(builder -> builder.userLimit(LIMIT)).open()) {
            for (int i = 0; i < PROGRAMS; i++) {
                program(scenario, "");
            }
            CaptureStats stats = scenario.awaitRest();
            assertThat(scenario.recorder().processes())
                    .as("events of programs: %s", stats)
                    .filteredOn(event -> event.type() != ProcessView.Type.ALIVE)
                    .hasSizeLessThan(3 * PROGRAMS);
            assertThat(stats.lost()).as("the only reason: %s", stats).containsOnlyKeys(LossReason.RATE_LIMITED);
            assertThat(stats.processEvents())
                    .as("R16.1: events and losses: %s", stats)
                    .isGreaterThanOrEqualTo(3 * PROGRAMS);
        }
    }

    @Rule("A process whose threads end at once has one exit")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_1_threadsThatEndAtOnceAreOneExit() {
        try (Scenario scenario = watching().open()) {
            Reply reply = played(
                    scenario,
                    Command.of("ended-at-once").with("threads", THREADS).with("rounds", ROUNDS));
            scenario.awaitRest();
            for (String tgid : reply.text("tgids").split(",", -1)) {
                List<ProcessView> life = ofProcess(scenario, Integer.parseInt(tgid));
                assertThat(life)
                        .as("events of a child of %d threads", THREADS + 1)
                        .extracting(ProcessView::type)
                        .containsExactly(ProcessView.Type.FORK, ProcessView.Type.EXIT);
                evidence().add(life.size());
            }
        }
    }

    @Rule("Without process events there are none")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_1_thereAreNoneUnlessAskedFor() {
        try (Scenario scenario = watchingChildren().open()) {
            Reply reply = program(scenario, "");
            CaptureStats stats = scenario.awaitRest();
            Violation.unless(
                    "R1.1",
                    () -> assertThat(scenario.recorder().keys())
                            .as("the child's opens before the exec and after it")
                            .filteredOn(keyed -> keyed.tgid() == reply.integer("tgid"))
                            .hasSize(2));
            assertThat(stats.processEvents()).as("%s", stats).isZero();
            assertThat(scenario.recorder().processes()).as("by default").isEmpty();
        }
    }

    @Rule("An exit has the status that the parent gets")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_4_anExitHasTheStatus() {
        try (Scenario scenario = watching().open()) {
            Reply reply = program(scenario, "");
            ProcessView exit = lifeOf(scenario, reply).get(2);
            assertThat(exit.status()).as("the status").isEqualTo(reply.integer("status"));
            assertThat(exit.exitCode()).as("the code").isEqualTo(TAG % 100);
            assertThat(exit.exitSignal()).as("the signal").isZero();
        }
    }

    @Rule("A process that was there when the capture opened is an event, before all events of calls")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.PROCESSES_ALIVE})
    public final void r16_5_processesThatWereThereAreEvents() {
        try (Scenario scenario = watching().open()) {
            scenario.call(scenario.missing());
            scenario.awaitRest();
            List<ProcessView> own = ofProcess(scenario, scenario.actor().tgid());
            assertThat(own)
                    .as("events of a process that was there")
                    .extracting(ProcessView::type)
                    .containsExactly(ProcessView.Type.ALIVE);
            Keyed first = scenario.recorder().keys().get(0);
            assertThat(scenario.recorder().processes().subList(0, first.processesBefore()))
                    .as("what came before the first call")
                    .extracting(ProcessView::tgid)
                    .contains(scenario.actor().tgid());
            if (capabilities().has(Feature.PROCESS_KEY)) {
                assertThat(own.get(0).processKey()).as("its image").isEqualTo(first.key());
            }
        }
    }

    @Rule("A process whose last thread has ended is not alive, though its parent has not looked for it")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.PROCESSES_ALIVE})
    public final void r16_5_aProcessThatHasEndedIsNotAlive() {
        AtomicInteger ended = new AtomicInteger();
        try (Scenario scenario = watching()
                .before(early -> ended.set(played(early, Command.of("ended")).integer("tgid")))
                .open()) {
            scenario.call(scenario.missing());
            scenario.awaitRest();
            assertThat(ofProcess(scenario, scenario.actor().tgid()))
                    .as("its parent is")
                    .isNotEmpty();
            assertThat(ofProcess(scenario, ended.get())).as("events of it").isEmpty();
        }
    }

    @Rule("The event of a call has the key of the image that made it")
    @Requires(features = {Feature.PROCESS_KEY, Feature.PROCESS_EVENTS})
    public final void r16_6_aCallHasTheKeyOfItsImage() {
        try (Scenario scenario = watching().open()) {
            for (String words : List.of("", "thread")) {
                int before = scenario.recorder().keys().size();
                Reply reply = program(scenario, words);
                List<ProcessView> life = lifeOf(scenario, reply);
                List<Long> keys = scenario
                        .recorder()
                        .keys()
                        .subList(before, scenario.recorder().keys().size())
                        .stream()
                        .filter(keyed -> keyed.tgid() == reply.integer("tgid"))
                        .map(Keyed::key)
                        .toList();
                assertThat(keys)
                        .as("the open before the exec, and the one after it")
                        .containsExactly(life.get(0).processKey(), life.get(1).processKey());
                assertThat(keys).as("two images").doesNotHaveDuplicates().doesNotContain(0L);
                assertThat(life.get(2).processKey()).as("the last image").isEqualTo(keys.get(1));
            }
        }
    }

    @Rule("Filters by the caller leave process events out, and the accounts balance")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.FILTER_THREAD_GROUP})
    public final void r16_7_filtersByTheCallerApply() {
        try (Scenario scenario =
                scenario().with(builder -> builder.processEvents(true)).open()) {
            Reply reply = program(scenario, "");
            CaptureStats stats = scenario.awaitRest();
            assertThat(ofProcess(scenario, reply.integer("tgid")))
                    .as("a child of the watched process, which is no watched process: %s", stats)
                    .extracting(ProcessView::type)
                    .containsExactly(ProcessView.Type.FORK);
            assertThat(stats.processEvents())
                    .as("%s", stats)
                    .isEqualTo(scenario.recorder().processes().size());
            evidence().add(stats.processEvents());
        }
    }

    @Rule("Process events that the driver lacks are refused")
    public final void r16_8_lackingProcessEventsAreRefused() {
        if (capabilities().has(Feature.PROCESS_EVENTS)) {
            throw new NotApplicable("the driver has process events");
        }
        assertThatThrownBy(() -> watching().open().close())
                .as("process events are refused")
                .isInstanceOf(CaptureException.class);
        try (Scenario scenario = scenario().open()) {
            scenario.call(scenario.missing());
            assertThat(scenario.recorder().processes()).as("there are none").isEmpty();
        }
    }

    @Rule("A capture says whether it makes process events")
    public final void r16_9_aCaptureSaysWhetherItMakesProcessEvents() {
        try (Scenario scenario = scenario().open()) {
            scenario.call(scenario.missing());
            assertThat(scenario.capture().processEvents()).as("by default").isFalse();
        }
        if (capabilities().has(Feature.PROCESS_EVENTS)) {
            try (Scenario scenario = watching().open()) {
                assertThat(scenario.capture().processEvents())
                        .as("where they are on")
                        .isTrue();
            }
        }
    }

    @Rule("A process event names the controlling terminal, and none where there is none")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.TERMINALS})
    public final void r16_12_aProcessEventNamesTheTerminal() {
        try (Scenario scenario = watching().open()) {
            for (String how : List.of("own", "left", "none")) {
                Reply reply = program(scenario, "terminal " + how);
                String terminal = reply.text("terminal");
                assertThat(reply.text("witness")).as("/proc/PID/stat, %s", how).isEqualTo(terminal);
                assertThat(terminal.equals("0:0")).as("by stat(2), %s", how).isEqualTo(!how.equals("own"));
                String inherited = ThreadInfo.ofMain(scenario.actor()).terminal();
                assertThat(lifeOf(scenario, reply))
                        .as("the terminal of the fork, of the exec and of the exit, %s", how)
                        .extracting(it -> it.isTerminalKnown() + " " + it.terminalMajor() + ":" + it.terminalMinor())
                        .containsExactly("true " + inherited, "true " + terminal, "true " + terminal);
            }
        }
    }
}
