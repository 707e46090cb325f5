// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
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
import dev.unraced.linux.OpenFlags;
import java.util.List;

/** Rules about the execs that succeed and those that fail. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class ExecConformance extends ProgramConformance {
    protected ExecConformance() {}

    @Rule("An exec names the path that was asked for, the file that is executed, and the arguments")
    @Requires(features = Feature.PROCESS_EVENTS)
    public final void r16_2_anExecNamesTheProgram() {
        try (Scenario scenario = watching().open()) {
            Reply reply = program(scenario, "");
            ProcessView exec = execOf(scenario, reply);
            assertProgram("R16.2", exec, reply);
            assertThat(exec.interpreter().isPresent())
                    .as("an interpreter of a program that is no script")
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
                    .as("the interpreter")
                    .isEqualTo(reply.bytes("interpreter").orElseThrow());
            assertProgram("R16.3", exec, reply);
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
                            .as("events of a child that executes a program after two failures, %s", words)
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
                            .as("the image that asked")
                            .extracting(ProcessView::processKey)
                            .containsOnly(life.get(0).processKey());
                    assertThat(life.get(1).tid() == reply.integer("tgid"))
                            .as("the thread")
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
        assertThat(event.dirfd()).as("R16.10: the directory").isEqualTo(OpenFlags.AT_FDCWD);
        assertThat(event.atFlags())
                .as("R16.10: the flags")
                .isEqualTo(call == ExecCall.EXECVEAT ? OpenFlags.AT_SYMLINK_NOFOLLOW : 0);
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
                assertThat(exec.execCall()).as("the call, %s", words).isEqualTo(ExecCall.EXECVE);
                assertThat(exec.hasCredentialsBefore())
                        .as("there are credentials, %s", words)
                        .isTrue();
                assertThat(List.of(exec.effectiveUidBefore(), exec.effectiveGidBefore(), exec.capabilitiesBefore()))
                        .as("the effective credentials before, %s", words)
                        .containsExactly(
                                reply.number("euid_before"),
                                reply.number("egid_before"),
                                reply.number("capabilities_before"))
                        .isNotEqualTo(List.of(exec.effectiveUid(), exec.effectiveGid(), exec.capabilities()));
                assertThat(List.of(exec.uidBefore(), exec.gidBefore()))
                        .as("the real ids, which no exec changes, %s", words)
                        .containsExactly(exec.uid(), exec.gid());
            }
        }
    }

    @Rule("Process events say that capabilities hold in another user namespace than the first one alone")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.EXEC_CALLS})
    public final void r16_11_capabilitiesOfAnotherUserNamespaceAreMarked() {
        try (Scenario scenario = watching().open()) {
            assertThat(lifeOf(scenario, program(scenario, "nested")))
                    .as("the marks of the fork, and of the exec and the exit in a namespace of the child's own")
                    .extracting(it -> it.has(EventFlag.NESTED_USER_NS))
                    .containsExactly(false, true, true);
            assertThat(lifeOf(scenario, program(scenario, "")))
                    .as("marks without such a namespace")
                    .noneMatch(it -> it.has(EventFlag.NESTED_USER_NS));
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
            assertThat(exec.pathProvenance())
                    .as("%s: where the path was read", rule)
                    .isEqualTo(Provenance.KERNEL);
            assertThat(exec.pathIntegrity())
                    .as("%s: the kernel's copy is what it acted on", rule)
                    .isEqualTo(Integrity.MATCH);
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
}
