// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.cli.common.Console;
import dev.unraced.selection.Drivers;

/** Runs the {@code unraced} command with the laboratory's commands. */
public final class Main {
    private Main() {}

    /** Runs the command, and exits with the code that the subcommand returns. */
    public static void main(String[] args) {
        dev.unraced.cli.Main.exit(LabCommand.commandLine(Console.system(), Drivers::discover), args);
    }
}
