// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Recorder.Keyed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import java.util.List;

/** Rules about process events, and about the image behind a call. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class ProcessConformance extends DriverConformance {
    /** The mode of the child's open; the exit code follows from it. */
    private static final int TAG = 107;
    /** uapi/linux/fcntl.h */
    private static final int AT_FDCWD = -100;

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;

    protected ProcessConformance() {}

    @Rule("A fork, an exec and an exit are events, in this order, and threads are none")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_1_forkExecAndExitAreEvents() {
        try (Scenario scenario = watching().open()) {
            for (String words : List.of("", "thread")) {
                Reply reply = program(scenario, words);
                List<ProcessView> life = lifeOf(scenario, reply);
                assertThat(life)
                        .as("R16.1: events of a child that executes a program, %s", words)
                        .extracting(ProcessView::type)
                        .containsExactly(ProcessView.Type.FORK, ProcessView.Type.EXEC, ProcessView.Type.EXIT);
                assertThat(life)
                        .as("R16.1: one start for the whole life")
                        .extracting(ProcessView::startNanos)
                        .containsOnly(life.get(0).startNanos());
                assertThat(life.get(0).forkerTgid())
                        .as("R16.1: the forker")
                        .isEqualTo(scenario.actor().tgid());
                assertThat(life)
                        .as("R16.1: the parent")
                        .extracting(ProcessView::parentTgid)
                        .containsOnly(scenario.actor().tgid());
                for (ProcessView event : life) {
                    assertThat(event.nanos())
                            .as("R16.1: the time of the %s", event.type())
                            .isBetween(reply.number("begun"), reply.number("ended"));
                }
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
            assertThat(stats.processEvents()).as("R16.1: %s", stats).isZero();
            assertThat(scenario.recorder().processes()).as("R16.1: by default").isEmpty();
        }
    }

    @Rule("An exec names the path that was asked for, the file that is executed, and the arguments")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_2_anExecNamesTheProgram() {
        try (Scenario scenario = watching().open()) {
            Reply reply = program(scenario, "");
            ProcessView exec = execOf(scenario, reply);
            assertProgram("R16.2", exec, reply);
            assertThat(exec.interpreter().isPresent())
                    .as("R16.2: an interpreter of a program that is no script")
                    .isFalse();
        }
    }

    @Rule("The exec of a script names the script and its interpreter")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.EXEC_INTERPRETER})
    public final void r16_3_theExecOfAScriptNamesBoth() {
        try (Scenario scenario = watching().open()) {
            Reply reply = program(scenario, "script");
            ProcessView exec = execOf(scenario, reply);
            assertThat(exec.interpreter().toByteString())
                    .as("R16.3: the interpreter")
                    .isEqualTo(reply.bytes("interpreter").orElseThrow());
            assertProgram("R16.3", exec, reply);
        }
    }

    @Rule("An exit has the status that the parent gets")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_4_anExitHasTheStatus() {
        try (Scenario scenario = watching().open()) {
            Reply reply = program(scenario, "");
            ProcessView exit = lifeOf(scenario, reply).get(2);
            assertThat(exit.status()).as("R16.4: the status").isEqualTo(reply.integer("status"));
            assertThat(exit.exitCode()).as("R16.4: the code").isEqualTo(TAG % 100);
            assertThat(exit.exitSignal()).as("R16.4: the signal").isZero();
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
                    .as("R16.5: events of a process that was there")
                    .extracting(ProcessView::type)
                    .containsExactly(ProcessView.Type.ALIVE);
            Keyed first = scenario.recorder().keys().get(0);
            assertThat(scenario.recorder().processes().subList(0, first.processesBefore()))
                    .as("R16.5: what came before the first call")
                    .extracting(ProcessView::tgid)
                    .contains(scenario.actor().tgid());
            if (capabilities().has(Feature.PROCESS_KEY)) {
                assertThat(own.get(0).processKey()).as("R16.5: its image").isEqualTo(first.key());
            }
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
                        .as("R16.6: the open before the exec, and the one after it")
                        .containsExactly(life.get(0).processKey(), life.get(1).processKey());
                assertThat(keys).as("R16.6: two images").doesNotHaveDuplicates().doesNotContain(0L);
                assertThat(life.get(2).processKey()).as("R16.6: the last image").isEqualTo(keys.get(1));
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
                    .as("R16.7: a child of the watched process, which is no watched process: %s", stats)
                    .extracting(ProcessView::type)
                    .containsExactly(ProcessView.Type.FORK);
            assertThat(stats.processEvents())
                    .as("R16.7: %s", stats)
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
                .as("R16.8: process events are refused")
                .isInstanceOf(CaptureException.class);
        try (Scenario scenario = scenario().open()) {
            scenario.call(scenario.missing());
            assertThat(scenario.recorder().processes())
                    .as("R16.8: there are none")
                    .isEmpty();
        }
    }

    @Rule("A capture says whether it makes process events")
    public final void r16_9_aCaptureSaysWhetherItMakesProcessEvents() {
        try (Scenario scenario = scenario().open()) {
            scenario.call(scenario.missing());
            assertThat(scenario.capture().processEvents())
                    .as("R16.9: by default")
                    .isFalse();
        }
        if (capabilities().has(Feature.PROCESS_EVENTS)) {
            try (Scenario scenario = watching().open()) {
                assertThat(scenario.capture().processEvents())
                        .as("R16.9: where they are on")
                        .isTrue();
            }
        }
    }

    @Rule("An exec that fails is one event, with the path as it was passed and the error")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.FAILED_EXECS})
    public final void r16_10_aFailedExecIsAnEvent() {
        for (Mitigation mode : List.of(Mitigation.OFF, Mitigation.STASH)) {
            if (!capabilities().has(mode)) {
                continue;
            }
            try (Scenario scenario =
                    watching().with(builder -> builder.mitigation(mode)).open()) {
                for (String words : List.of("fails", "fails thread")) {
                    ByteString missing = scenario.scratch().bytes("missing-program");
                    Reply reply = program(scenario, words);
                    scenario.awaitRest();
                    List<ProcessView> life = ofProcess(scenario, reply.integer("tgid"));
                    evidence().add(life.size());
                    assertThat(life)
                            .as("R16.10: events of a child that executes a program after two failures, %s", words)
                            .extracting(ProcessView::type)
                            .containsExactly(
                                    ProcessView.Type.FORK,
                                    ProcessView.Type.EXEC_FAILED,
                                    ProcessView.Type.EXEC_FAILED,
                                    ProcessView.Type.EXEC,
                                    ProcessView.Type.EXIT);
                    assertFailed(life.get(1), ExecCall.EXECVE, missing, mode);
                    assertFailed(life.get(2), ExecCall.EXECVEAT, missing, mode);
                    assertThat(life.subList(1, 3))
                            .as("R16.10: the image that asked")
                            .extracting(ProcessView::processKey)
                            .containsOnly(life.get(0).processKey());
                    assertThat(life.get(1).tid() == reply.integer("tgid"))
                            .as("R16.10: the thread")
                            .isEqualTo(!words.endsWith("thread"));
                }
            }
        }
    }

    private static void assertFailed(ProcessView event, ExecCall call, ByteString path, Mitigation mode) {
        assertThat(event.execCall()).as("R16.10: the call").isEqualTo(call);
        assertThat(event.path().toByteString()).as("R16.10: the path").isEqualTo(path);
        assertThat(event.pathProvenance())
                .as("R16.10: where the path was read")
                .isEqualTo(mode == Mitigation.OFF ? Provenance.EXIT : Provenance.ENTER);
        assertThat(event.pathIntegrity()).as("R16.10: no proof").isEqualTo(Integrity.UNCHECKED);
        assertThat(event.mitigation()).as("R16.10: the mode").isEqualTo(mode);
        assertThat(event.result()).as("R16.10: the result").isEqualTo(-Errno.ENOENT);
        assertThat(event.dirfd()).as("R16.10: the directory").isEqualTo(AT_FDCWD);
        assertThat(event.atFlags())
                .as("R16.10: the flags")
                .isEqualTo(call == ExecCall.EXECVEAT ? AT_SYMLINK_NOFOLLOW : 0);
        assertThat(event.enterNanos()).as("R16.10: the entry").isBetween(1L, event.nanos());
        assertThat(event.flags()).as("R16.10: flags").isZero();
    }

    @Rule("An exec tells the call that asked for it, and the credentials before")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.EXEC_CALLS})
    public final void r16_11_anExecTellsTheCredentialsBefore() {
        try (Scenario scenario = watching().open()) {
            for (String words : List.of("raises", "raises thread")) {
                Reply reply = program(scenario, words);
                ProcessView exec = execOf(scenario, reply);
                assertThat(exec.execCall()).as("R16.11: the call, %s", words).isEqualTo(ExecCall.EXECVE);
                assertThat(exec.hasCredentialsBefore())
                        .as("R16.11: there are credentials, %s", words)
                        .isTrue();
                assertThat(List.of(exec.effectiveUidBefore(), exec.effectiveGidBefore(), exec.capabilitiesBefore()))
                        .as("R16.11: the effective credentials before, %s", words)
                        .containsExactly(
                                reply.number("euid_before"),
                                reply.number("egid_before"),
                                reply.number("capabilities_before"))
                        .isNotEqualTo(List.of(exec.effectiveUid(), exec.effectiveGid(), exec.capabilities()));
                assertThat(List.of(exec.uidBefore(), exec.gidBefore()))
                        .as("R16.11: the real ids, which no exec changes, %s", words)
                        .containsExactly(exec.uid(), exec.gid());
            }
        }
    }

    private void assertProgram(String rule, ProcessView exec, Reply reply) {
        assertThat(exec.has(EventFlag.HAS_FILE)).as("%s: there is a file", rule).isTrue();
        assertThat(exec.has(EventFlag.DELETED))
                .as("%s: the file has lost its name", rule)
                .isEqualTo(reply.integer("deleted") == 1);
        if (capabilities().has(Feature.EXEC_PATH)) {
            assertThat(exec.path().toByteString())
                    .as("%s: the path asked for", rule)
                    .isEqualTo(bytes(reply, "asked"));
        }
        assertThat(exec.executable().toByteString()).as("%s: the file", rule).isEqualTo(bytes(reply, "real"));
        if (capabilities().has(Feature.EXECUTABLE_INODE)) {
            assertThat(exec.inode()).as("%s: inode", rule).isEqualTo(reply.number("inode"));
            assertThat(exec.deviceMajor()).as("%s: device", rule).isEqualTo(reply.integer("major"));
            assertThat(exec.deviceMinor()).as("%s: device", rule).isEqualTo(reply.integer("minor"));
        }
        assertThat(exec.arguments().toByteString()).as("%s: arguments", rule).isEqualTo(bytes(reply, "arguments"));
        assertThat(exec.argumentsSize())
                .as("%s: size", rule)
                .isEqualTo(bytes(reply, "arguments").length());
    }

    private static ByteString bytes(Reply reply, String key) {
        return reply.bytes(key).orElseThrow();
    }

    /** Has a child execute the actor's program; the words are those of the command without values. */
    private static Reply program(Scenario scenario, String words) {
        Command command = Command.of("program")
                .with("path", scenario.scratch().bytes("before"))
                .with("other", scenario.scratch().bytes("after"))
                .with("tag", TAG);
        if (words.endsWith("thread")) {
            command = command.with("thread", 1);
        }
        if (words.startsWith("fails")) {
            command = command.with("fails", scenario.scratch().bytes("missing-program"));
        } else if (words.startsWith("raises")) {
            command = command.with("raises", 1);
        } else if (words.equals("script")) {
            command = command.with("script", scenario.scratch().bytes("script"));
        }
        return scenario.actor().ask(command);
    }

    private List<ProcessView> lifeOf(Scenario scenario, Reply reply) {
        scenario.awaitRest();
        List<ProcessView> life = ofProcess(scenario, reply.integer("tgid"));
        evidence().add(life.size());
        Violation.unless(
                "R16.1",
                () -> assertThat(life)
                        .as("events of a process that was forked, executed and ended")
                        .hasSize(3));
        return life;
    }

    private ProcessView execOf(Scenario scenario, Reply reply) {
        return lifeOf(scenario, reply).get(1);
    }

    private static List<ProcessView> ofProcess(Scenario scenario, int tgid) {
        return scenario.recorder().processes().stream()
                .filter(event -> event.tgid() == tgid)
                .toList();
    }

    private Scenario.Setup watching() {
        return watchingChildren().with(builder -> builder.processEvents(true));
    }

    private Scenario.Setup watchingChildren() {
        return scenario().scope(Scope.FAMILY);
    }
}
