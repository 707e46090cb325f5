// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.event.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens by the process that captures: this one, or the process that an actor elsewhere uses for it. */
public final class OwnCalls {
    private final Scenario scenario;

    public OwnCalls(Scenario scenario) {
        this.scenario = scenario;
    }

    /** Returns the thread group of the process in the captured kernel. */
    public int tgid() {
        return scenario.actor().isHere()
                ? Math.toIntExact(ProcessHandle.current().pid())
                : ask(0).integer("tgid");
    }

    /** Returns the path of the i-th call, from 0. */
    public ByteString path(int i) {
        return scenario.scratch().bytes("own" + i);
    }

    public void make(int calls) {
        if (!scenario.actor().isHere()) {
            ask(calls);
            return;
        }
        try {
            for (int i = 0; i < calls; i++) {
                Path file = Path.of(scenario.scratch().path("own" + i));
                Files.createFile(file);
                Files.readAllBytes(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply ask(int calls) {
        return scenario.actor()
                .ask(Command.of("own")
                        .with("base", scenario.scratch().bytes("own"))
                        .with("calls", calls));
    }
}
