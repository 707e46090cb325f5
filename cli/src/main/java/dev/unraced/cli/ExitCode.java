// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

/** The exit codes of every subcommand. */
final class ExitCode {
    /** All went well. */
    static final int OK = 0;
    /** It could not be done here and now. */
    static final int FAILURE = 1;
    /** The command line or the configuration is wrong. */
    static final int USAGE = 2;
    /** What was asked for by name could not be tried, so that nothing is known. */
    static final int NOT_PLAYED = 3;

    private ExitCode() {}
}
