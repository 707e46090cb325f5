// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script by which a shell completes this command's words. */
@Command(
        name = "completion",
        header = "Print a script by which bash and zsh complete commands, options and their values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(unraced completion bash)",
            "  unraced completion bash > /etc/bash_completion.d/unraced",
            "  source <(unraced completion zsh)",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    /** The shells that can read the script. */
    enum Shell {
        BASH,
        ZSH
    }

    @SuppressWarnings("unused") // One script serves both: picocli's script first checks which shell reads it.
    @Parameters(
            arity = "0..1",
            paramLabel = "SHELL",
            description = "For which shell: bash or zsh. One script is for both.")
    private @Nullable Shell shell;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine unraced = spec.root().commandLine();
        console.print(AutoComplete.bash(unraced.getCommandName(), unraced));
        return ExitCode.OK;
    }
}
