// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete this command's words. */
@Command(
        name = "completion",
        header = "Print a script by which bash and zsh complete commands, options and their values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(unraced completion)",
            "  unraced completion > /etc/bash_completion.d/unraced",
            "  autoload -U +X bashcompinit && bashcompinit && source <(unraced completion)    # zsh",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine unraced = spec.root().commandLine();
        PrintWriter out = unraced.getOut();
        out.print(AutoComplete.bash(unraced.getCommandName(), unraced));
        out.flush();
        return ExitCode.OK;
    }
}
