// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.selection.Drivers;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** Runs the {@code unraced} command. */
public final class Main {
    /**
     * The logger is kept, since it takes its level with it when it is collected. gRPC warns, with a stack trace, of
     * each peer that hangs up.
     */
    private static final Logger GRPC = Logger.getLogger("io.grpc");
    /** The sink tells of a receiver that is away, in one line. */
    private static final Logger OPEN_TELEMETRY = Logger.getLogger("io.opentelemetry");

    /** The commands that turn a signal into an ordinary end, and so have to notice one that comes while they start. */
    private static final Set<String> CAPTURING = Set.of("watch", "run", "serve");

    private Main() {}

    /** Runs the command, and exits with the code that the subcommand returns. */
    public static void main(String[] args) {
        Console console = Console.system();
        Supplier<Drivers> drivers = Drivers::discover;
        if (args.length > 0 && CAPTURING.contains(args[0])) {
            drivers = EarlyDrivers.search(Drivers::discover);
            StopSignals.expect(() -> console.err().println("unraced: ended before it captured anything"));
        }
        exit(UnracedCommand.commandLine(console, drivers), args);
    }

    /** Runs a command line of this process to its end, and exits with its code. */
    public static void exit(CommandLine command, String... args) {
        GRPC.setLevel(Level.SEVERE);
        OPEN_TELEMETRY.setLevel(Level.OFF);
        System.exit(command.execute(args));
    }
}
