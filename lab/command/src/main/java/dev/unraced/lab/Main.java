// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;

/** Runs the {@code unraced} command with the laboratory's commands. */
public final class Main {
    private Main() {}

    /** Runs the command, and exits with the code that the subcommand returns. */
    public static void main(String[] args) {
        System.exit(LabCommand.run(Console.system(), args));
    }
}
