// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The base of the actions on running sandboxes. Each action is tried on every sandbox, whatever happens with the
 * others.
 */
abstract class GvisorSandboxCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of sandboxes, as 'runsc list' shows them.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "All sandboxes that run.")
    private boolean all;

    GvisorSandboxCommand(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() throws IOException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
        Runsc runsc = GvisorOptions.runsc();
        boolean failed = false;
        try {
            List<String> chosen = all ? runsc.running() : ids;
            if (chosen.isEmpty()) {
                console.err().println("unraced gvisor: " + (all ? "no sandbox runs" : "name sandboxes, or --all"));
                return all ? ExitCode.OK : ExitCode.USAGE;
            }
            for (String id : chosen) {
                try {
                    failed |= !act(runsc, id, out);
                } catch (RunscException e) {
                    console.err().println("unraced gvisor: " + id + ": " + e.getMessage());
                    failed = true;
                }
                console.print(told.toString(StandardCharsets.UTF_8));
                told.reset();
            }
        } catch (RunscException e) {
            console.err().println("unraced gvisor: " + e.getMessage());
            failed = true;
        }
        return failed ? ExitCode.FAILURE : ExitCode.OK;
    }

    /** Acts on one sandbox, and returns whether that went well. */
    abstract boolean act(Runsc runsc, String id, PrintStream out) throws RunscException, IOException;
}
