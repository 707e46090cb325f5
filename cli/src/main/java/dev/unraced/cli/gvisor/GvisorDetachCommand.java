// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** Ends the trace session of running sandboxes. */
@Command(
        name = "detach",
        header = "Watch running sandboxes no longer, and leave no trace session in them.",
        sortOptions = false)
public final class GvisorDetachCommand extends GvisorSandboxCommand {
    public GvisorDetachCommand(Console console) {
        super(console);
    }

    @Override
    boolean act(Runsc runsc, String id, PrintStream out) throws RunscException {
        boolean traced = runsc.isTraced(id);
        if (traced) {
            runsc.detach(id);
        }
        out.println(id + (traced ? ": no longer watched" : ": was not watched"));
        return true;
    }
}
