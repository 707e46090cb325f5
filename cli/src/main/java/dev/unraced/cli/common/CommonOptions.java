// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import picocli.CommandLine.Option;

/** The options of every subcommand. Only picocli reads them, and {@link ErrorReport} asks it. */
@SuppressWarnings("unused")
public final class CommonOptions {
    public static final String DEBUG = "--debug";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = DEBUG, description = "Show the stack traces of errors.")
    private boolean debug;
}
