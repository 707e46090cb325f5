// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.man;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.VersionProvider;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the manual page, which has the {@code --help} of all commands. */
@Command(
        name = "man",
        header = "Print the manual page.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced man | man -l -",
            "  unraced man > /usr/local/share/man/man1/unraced.1",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line."
        })
public final class ManCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--markdown", description = "The options alone, as the page docs/reference/options.md.")
    private boolean markdown;

    public ManCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.print(
                markdown
                        ? CommandMarkdown.of(spec.root())
                        : ManPage.of(spec.root(), VersionProvider.version(), VersionProvider.day()));
        return ExitCode.OK;
    }
}
