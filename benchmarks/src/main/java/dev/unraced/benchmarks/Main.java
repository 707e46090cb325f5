// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code bench} command. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures what an event costs.",
        subcommands = {
            KernelCost.class,
            ReaderCost.class,
            WakeUpLatency.class,
            SimCost.class,
            GvisorCost.class,
            RemoteCost.class
        })
public final class Main {
    private Main() {}

    /** Exits with 0, or with 1 when a measurement failed, or with 2 on wrong usage. */
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, result) -> {
            command.getErr().println("bench: " + e.getMessage());
            return 1;
        });
        System.exit(args.length == 0 ? line.execute("--help") : line.execute(args));
    }
}
