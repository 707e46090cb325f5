// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import picocli.CommandLine.Option;

/** The options of every subcommand. */
final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--debug", description = "Show stack traces of errors.")
    private boolean debug;

    boolean debug() {
        return debug;
    }
}
