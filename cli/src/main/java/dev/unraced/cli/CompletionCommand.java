// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
        header = "Print a script by which bash or zsh completes commands, options and their values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(unraced completion bash)",
            "  unraced completion bash > /etc/bash_completion.d/unraced",
            "  unraced completion zsh > /usr/local/share/zsh/site-functions/_unraced",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
final class CompletionCommand implements Callable<Integer> {
    /** The first line of picocli's script behind its begin. */
    private static final String FUNCTIONS = "# CompWordsContainsArray";

    /**
     * The begin of a file that zsh reads from a folder of its functions. picocli's own begin is left out: it changes an
     * option of the user's shell, and makes an alias that a function read so does not know.
     */
    private static final String ZSH_BEGIN = """
            #compdef unraced
            # Put this as _unraced into a folder of $fpath, or read it: source <(unraced completion zsh)

            (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
            autoload -Uz bashcompinit && bashcompinit

            """;

    private static final String ZSH_END = """

            # Read from $fpath, this file is the function that completes for the first time.
            if [ "${funcstack[1]}" = _unraced ]; then
              _bash_complete -o default -F _complete_unraced
            fi
            """;

    /** The values that an option or a parameter takes: {@code local color_option_args=("AUTO" "ALWAYS")}. */
    private static final Pattern VALUES = Pattern.compile("_args=\\((\"[A-Z0-9_]+\" ?)+\\)");

    private final Console console;

    @Spec
    private CommandSpec spec;

    /** The shells that there is a script for. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "SHELL",
            description = "For which shell: bash, which is the default, or zsh.")
    private @Nullable Shell shell;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine unraced = spec.root().commandLine();
        String script = inLowerCase(AutoComplete.bash(unraced.getCommandName(), unraced));
        console.print(shell == Shell.ZSH ? forZsh(script) : script);
        return ExitCode.OK;
    }

    /** Writes the values of options as help and documents do; picocli lists the names of Java's constants. */
    private static String inLowerCase(String script) {
        return VALUES.matcher(script).replaceAll(line -> line.group().toLowerCase(Locale.ROOT));
    }

    private static String forZsh(String script) {
        return ZSH_BEGIN + script.substring(script.indexOf(FUNCTIONS)).stripTrailing() + "\n" + ZSH_END;
    }
}
