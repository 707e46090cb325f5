// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

/** Runs the {@code unraced} command. */
public final class Main {
    private Main() {}

    /** Exits with the code that the subcommand gives. */
    public static void main(String[] args) {
        System.exit(UnracedCommand.run(Console.system(), args));
    }
}
