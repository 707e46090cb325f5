// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** Shows which running sandboxes are watched. */
@Command(
        name = "status",
        header = "Say of sandboxes whether they are watched, and how many frames they have dropped.",
        sortOptions = false)
public final class GvisorStatusCommand extends GvisorSandboxCommand {
    public GvisorStatusCommand(Console console) {
        super(console);
    }

    @Override
    boolean act(Runsc runsc, String id, PrintStream out) throws RunscException {
        GvisorWatching watching = GvisorWatching.of(runsc, id);
        out.println(id + ": " + watching.describe());
        return watching.isWatched();
    }
}
