// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.cli.common.Console;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs the {@code unraced} command. */
public final class Main {
    /**
     * The logger is kept, since it takes its level with it when it is collected. gRPC warns, with a stack trace, of
     * each peer that hangs up.
     */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private Main() {}

    /** Runs the command, and exits with the code that the subcommand returns. */
    public static void main(String[] args) {
        GRPC.setLevel(Level.SEVERE);
        System.exit(UnracedCommand.run(Console.system(), args));
    }
}
