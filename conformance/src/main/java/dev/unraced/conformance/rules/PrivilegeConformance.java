// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Feature;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;

/** The rule about the privileges that real programs give, or do not. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class PrivilegeConformance extends DriverConformance {
    /** The programs of the actor's verb {@code elevated}, the last four of which change nothing. */
    private static final List<String> PROGRAMS =
            List.of("set-user", "set-group", "set-root", "capability", "none", "script", "no-new-privileges", "nosuid");

    protected PrivilegeConformance() {}

    @Rule("Real programs that give a caller privileges, and those that the kernel keeps from it, show by their execs")
    @Requires(features = {Feature.PROCESS_EVENTS, Feature.EXEC_CALLS})
    public final void r16_11_privilegesThatAProgramGivesShow(TestReporter reporter) {
        int elevated = 0;
        try (Scenario scenario = scenario()
                .scope(Scope.FAMILY)
                .with(builder -> builder.processEvents(true))
                .open()) {
            for (String how : PROGRAMS) {
                Optional<Reply> reply = executed(scenario, how, reporter);
                if (reply.isPresent()) {
                    assertCredentials(execOf(scenario, reply.get()), reply.get(), how);
                    elevated += reply.get().integer("elevates");
                }
            }
        }
        if (elevated == 0) {
            throw new NotPlayed("the machine has no program that gives privileges");
        }
    }

    /** Has the actor execute a program; empty where the machine does not let it. */
    private static Optional<Reply> executed(Scenario scenario, String how, TestReporter reporter) {
        scenario.makeDirectory(how);
        Command command = Command.of("elevated")
                .with("how", how)
                .with("base", scenario.scratch().bytes(how));
        try {
            return Optional.of(scenario.actor().ask(command));
        } catch (ActorException e) {
            reporter.publishEntry(how, "not played, " + e.unsupported().orElseThrow(() -> e));
            return Optional.empty();
        }
    }

    private ProcessView execOf(Scenario scenario, Reply reply) {
        scenario.awaitRest();
        List<ProcessView> execs = scenario.recorder().processes().stream()
                .filter(event -> event.tgid() == reply.integer("tgid") && event.type() == ProcessView.Type.EXEC)
                .toList();
        evidence().add(execs.size());
        assertThat(execs).as("R16.1: one event of one exec").hasSize(1);
        return execs.get(0);
    }

    private static void assertCredentials(ProcessView exec, Reply reply, String how) {
        List<Long> before = List.of(
                exec.uidBefore(),
                exec.gidBefore(),
                exec.effectiveUidBefore(),
                exec.effectiveGidBefore(),
                exec.capabilitiesBefore());
        List<Long> after =
                List.of(exec.uid(), exec.gid(), exec.effectiveUid(), exec.effectiveGid(), exec.capabilities());
        assertThat(before)
                .as("R16.11: what the caller had, %s", how)
                .isEqualTo(credentials(reply, "_before"))
                .isNotEqualTo(reply.integer("elevates") == 1 ? after : List.of());
        assertThat(after).as("R16.11: what the program has, %s", how).isEqualTo(credentials(reply, ""));
    }

    private static List<Long> credentials(Reply reply, String when) {
        return Stream.of("uid", "gid", "euid", "egid", "capabilities")
                .map(name -> reply.number(name + when))
                .toList();
    }
}
