// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
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
        description = {
            "Calls that are under way are not seen. A capture has to listen. The session of a capture that is gone is"
                    + " replaced; one that is in use stays, unless --force is given.",
            ""
        },
        sortOptions = false)
public final class GvisorAttachCommand extends GvisorSandboxCommand {
    @Mixin
    private GvisorOptions options = new GvisorOptions();

    @Option(names = "--force", description = "Take the place of a session that somebody else began.")
    private boolean force;

    public GvisorAttachCommand(Console console) {
        super(console);
    }

    @Override
    boolean act(Runsc runsc, String id, PrintStream out) throws RunscException, IOException {
        Path session = Files.createTempFile("unraced-gvisor", ".json");
        try {
            Files.writeString(session, options.session(true).json());
            if (force || isAbandoned(runsc, id)) {
                runsc.replace(session, id, pid -> {});
            } else {
                runsc.attach(session, id, pid -> {});
            }
        } finally {
            Files.deleteIfExists(session);
        }
        GvisorWatching watching = GvisorWatching.of(runsc, id);
        out.println(id + ": " + watching.describe());
        return watching.isWatched();
    }

    /** Returns whether the session's capture was killed, so that this one may replace it. */
    private static boolean isAbandoned(Runsc runsc, String id) {
        try {
            return runsc.isAbandoned(id);
        } catch (RunscException e) {
            // The attempt to attach will show the error.
            return false;
        }
    }
}
