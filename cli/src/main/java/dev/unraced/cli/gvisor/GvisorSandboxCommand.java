// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.PrintedText;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The base of the actions on running sandboxes. Each action is tried on every sandbox, whatever happens with the
 * others.
 */
abstract class GvisorSandboxCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of sandboxes, as 'runsc list' shows them.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "All sandboxes that run.")
    private boolean all;

    GvisorSandboxCommand(Console console) {
        this.console = console;
    }

    @Override
    public final Integer call() throws IOException {
        PrintedText out = new PrintedText();
        Runsc runsc = GvisorOptions.runsc();
        boolean failed = false;
        try {
            List<String> chosen = all ? runsc.running() : ids;
            if (chosen.isEmpty() && !all) {
                throw new ParameterException(spec.commandLine(), "name sandboxes, or --all");
            }
            if (chosen.isEmpty()) {
                console.err().println("unraced gvisor: no sandbox runs");
                return ExitCode.OK;
            }
            for (String id : chosen) {
                try {
                    failed |= !act(runsc, id, out);
                } catch (RunscException e) {
                    console.err().println("unraced gvisor: " + id + ": " + e.getMessage());
                    failed = true;
                }
                console.print(out.take());
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
