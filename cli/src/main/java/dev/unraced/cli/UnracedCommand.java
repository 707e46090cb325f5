// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.CommonOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ErrorReport;
import dev.unraced.cli.common.HelpLayout;
import dev.unraced.cli.common.OutputException;
import dev.unraced.cli.common.VersionProvider;
import dev.unraced.cli.config.ConfigCommand;
import dev.unraced.cli.conformance.ConformanceCommand;
import dev.unraced.cli.doctor.DoctorCommand;
import dev.unraced.cli.gvisor.GvisorAttachCommand;
import dev.unraced.cli.gvisor.GvisorCommand;
import dev.unraced.cli.gvisor.GvisorConfigCommand;
import dev.unraced.cli.gvisor.GvisorDetachCommand;
import dev.unraced.cli.gvisor.GvisorStatusCommand;
import dev.unraced.cli.kmod.KmodCommand;
import dev.unraced.cli.man.ManCommand;
import dev.unraced.cli.serve.ReloadCommand;
import dev.unraced.cli.serve.ServeCommand;
import dev.unraced.cli.watch.ReplayCommand;
import dev.unraced.cli.watch.RunCommand;
import dev.unraced.cli.watch.WatchCommand;
import dev.unraced.selection.Drivers;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command itself, which only leads to its subcommands. */
@Command(
        name = "unraced",
        header = "One event per open and connect, with the arguments from before the call ran.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = VersionProvider.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  unraced doctor            which drivers can run here, and what the others need",
            "  unraced watch             every open and connect on this machine",
            "  unraced watch --help      more examples",
            "  unraced run make          those of one command, and of all that it starts",
            "  unraced serve             capture for unprivileged programs, here or elsewhere",
            "  unraced reload            new filters and mode for a running server",
            "  unraced conformance       which rules the driver keeps",
            "  unraced kmod build        build the kernel module for the running kernel",
            "  unraced gvisor config     the trace session for gVisor sandboxes",
            "  unraced config            every key of the configuration, and its value",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong command line or configuration."
        })
public final class UnracedCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("unused") // only picocli reads it
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    private boolean version;

    /** Runs a command line to its end, and returns its exit code. */
    static int run(Console console, String... args) {
        return commandLine(console, Drivers::discover).execute(args);
    }

    /**
     * Returns the command and its subcommands.
     *
     * @param drivers the drivers that the subcommands may use
     * @param more further subcommands, which get the same options, colours and reports of errors
     */
    public static CommandLine commandLine(Console console, Supplier<Drivers> drivers, CommandLine... more) {
        boolean colour = console.outIsTerminal() && !console.isMonochrome();
        ErrorReport errors = new ErrorReport();
        CommandLine command = new CommandLine(new UnracedCommand())
                .addSubcommand(new WatchCommand(console, drivers))
                .addSubcommand(new RunCommand(console, drivers))
                .addSubcommand(new ReplayCommand(console))
                .addSubcommand(new DoctorCommand(console, drivers))
                .addSubcommand(new ServeCommand(console, drivers))
                .addSubcommand(new ReloadCommand(console))
                .addSubcommand(new ConformanceCommand(console, drivers))
                .addSubcommand(new KmodCommand(console))
                .addSubcommand(gvisor(console))
                .addSubcommand(new ConfigCommand(console, drivers))
                .addSubcommand(new ManCommand(console))
                .addSubcommand(new CompletionCommand(console));
        for (CommandLine subcommand : more) {
            command.addSubcommand(subcommand);
        }
        command.addMixin("common", new CommonOptions());
        command.getSubcommands().values().forEach(UnracedCommand::addCommonOptions);
        HelpLayout.apply(command);
        // Options behind the name of the command belong to the command.
        command.getSubcommands().get("run").setStopAtPositional(true);
        return command.setOut(new PrintWriter(new Help(console), true))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(colour ? Ansi.ON : Ansi.OFF))
                .registerConverter(Path.class, new PathConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                // An argument that begins with @ is the command's, or a path.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setExecutionStrategy(parsed -> runLast(parsed, errors));
    }

    /** Runs a command, or prints its help. Picocli hands on what a command throws, but not what its help throws. */
    private static int runLast(ParseResult parsed, ErrorReport errors) {
        if (!parsed.unmatched().isEmpty()) {
            // Behind a word that is no command, picocli would take --help for that of this one, and succeed.
            throw new UnmatchedArgumentException(parsed.commandSpec().commandLine(), parsed.unmatched());
        }
        try {
            return new RunLast().execute(parsed);
        } catch (OutputException e) {
            return errors.handleExecutionException(e, parsed.commandSpec().commandLine(), parsed);
        }
    }

    /** Takes what picocli prints by itself, since picocli would not look whether it was written. */
    private static final class Help extends Writer {
        private final Console console;

        Help(Console console) {
            this.console = console;
        }

        @Override
        public void write(char[] text, int offset, int length) {
            console.print(new String(text, offset, length));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static void addCommonOptions(CommandLine command) {
        command.addMixin("common", new CommonOptions());
        command.getSubcommands().values().forEach(UnracedCommand::addCommonOptions);
    }

    private static CommandLine gvisor(Console console) {
        return new CommandLine(new GvisorCommand())
                .addSubcommand(new GvisorConfigCommand(console))
                .addSubcommand(new GvisorAttachCommand(console))
                .addSubcommand(new GvisorDetachCommand(console))
                .addSubcommand(new GvisorStatusCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
