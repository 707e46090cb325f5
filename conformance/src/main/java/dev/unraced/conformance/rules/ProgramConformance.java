// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ProcessView;
import java.util.List;

/** The common part of the rules about processes: a child that executes a program, and the events of it. */
abstract class ProgramConformance extends DriverConformance {
    /** The mode of the child's open; the exit code follows from it. */
    static final int TAG = 107;

    /** Has a child execute the actor's program; the words are those of the command without values. */
    static Reply program(Scenario scenario, String words) {
        Command command = Command.of(words.equals("nested") ? words : "program")
                .with("path", scenario.scratch().bytes("before"))
                .with("other", scenario.scratch().bytes("after"))
                .with("tag", TAG);
        if (words.endsWith("thread")) {
            command = command.with("thread", 1);
        }
        if (words.startsWith("fails")) {
            command = command.with("fails", scenario.scratch().bytes("missing-program"));
        } else if (words.startsWith("terminal")) {
            command = command.with("terminal", words.substring("terminal ".length()));
        } else if (words.startsWith("raises")) {
            command = command.with("raises", 1);
        } else if (words.equals("script")) {
            command = command.with("script", scenario.scratch().bytes("script"));
        }
        return played(scenario, command);
    }

    final List<ProcessView> lifeOf(Scenario scenario, Reply reply) {
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

    final ProcessView execOf(Scenario scenario, Reply reply) {
        return lifeOf(scenario, reply).get(1);
    }

    static List<ProcessView> ofProcess(Scenario scenario, int tgid) {
        return scenario.recorder().processes().stream()
                .filter(event -> event.tgid() == tgid)
                .toList();
    }

    final Scenario.Setup watching() {
        return watchingChildren().with(builder -> builder.processEvents(true));
    }

    final Scenario.Setup watchingChildren() {
        return scenario().scope(Scope.FAMILY);
    }
}
