// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Begins a trace session in running sandboxes. */
@Command(
        name = "attach",
        header = "Watch running sandboxes from now on, until detach or until the capture ends.",
        description = {"Calls that are under way are not seen. A capture has to listen, or runsc fails.", ""},
        sortOptions = false)
final class GvisorAttachCommand extends GvisorSandboxCommand {
    @Mixin
    private GvisorOptions options = new GvisorOptions();

    @Option(names = "--force", description = "Take the place of a session that somebody else began.")
    private boolean force;

    GvisorAttachCommand(Console console) {
        super(console);
    }

    @Override
    boolean act(Runsc runsc, String id, PrintStream out) throws RunscException, IOException {
        Path session = Files.createTempFile("unraced-gvisor", ".json");
        try {
            Files.writeString(session, options.session(true).json());
            if (force) {
                runsc.replace(session, id);
            } else {
                runsc.attach(session, id, pid -> {});
            }
        } finally {
            Files.deleteIfExists(session);
        }
        boolean watched = runsc.isTraced(id);
        out.println(id + (watched ? ": watched" : ": NOT watched, although runsc reported no failure"));
        return watched;
    }
}
