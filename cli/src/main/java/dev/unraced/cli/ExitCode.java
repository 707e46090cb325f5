// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

/** The exit codes of every subcommand. */
final class ExitCode {
    /** The command succeeded. */
    static final int OK = 0;
    /** The command could not do its work here and now. */
    static final int FAILURE = 1;
    /** The command line or the configuration is wrong. */
    static final int USAGE = 2;
    /** The request could not be tried, or there was nothing to judge, so nothing is known. */
    static final int NOT_PLAYED = 3;

    private ExitCode() {}
}
