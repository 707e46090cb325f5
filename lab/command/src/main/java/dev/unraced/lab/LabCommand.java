// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.UnracedCommand;
import dev.unraced.cli.common.Console;
import dev.unraced.selection.Drivers;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The laboratory's command, which only leads to its subcommands. */
@Command(
        name = "lab",
        header = "Attack, hunt, simulate, measure: what proves the drivers.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced lab attack          how often the driver's events can be deceived",
            "  unraced lab hunt            random programs, and which events lie about them",
            "  unraced lab entry-points    by which ways into the kernel calls are seen",
            "  unraced lab endure          whether a server holds out under load and trouble",
            "  unraced lab size server     how large the stash of a busy server has to be",
            "  unraced lab explain flip    how an observer is deceived, step by step",
            "  unraced lab mutants         whether the rules notice broken drivers",
            "  unraced lab report --out x  a page of HTML of what these found",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line or configuration."
        })
final class LabCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs a command line of the product or of the laboratory to its end, and returns its exit code. */
    static int run(Console console, String... args) {
        return commandLine(console, Drivers::discover).execute(args);
    }

    /** Returns the product's command with the laboratory's below it. */
    static CommandLine commandLine(Console console, Supplier<Drivers> drivers) {
        CommandLine lab = new CommandLine(new LabCommand())
                .addSubcommand(new AttackCommand(console, drivers))
                .addSubcommand(new HuntCommand(console, drivers))
                .addSubcommand(new EntryPointsCommand(console, drivers))
                .addSubcommand(new EndureCommand(console, drivers))
                .addSubcommand(new SizeCommand(console))
                .addSubcommand(new ExplainCommand(console))
                .addSubcommand(new MutantsCommand(console))
                .addSubcommand(new ReportCommand());
        return UnracedCommand.commandLine(console, drivers, lab);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
