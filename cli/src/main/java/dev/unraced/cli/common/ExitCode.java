// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

/** The exit codes of every subcommand. */
public final class ExitCode {
    /** The command succeeded. */
    public static final int OK = 0;
    /** The command could not do its work here and now. */
    public static final int FAILURE = 1;
    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;
    /** The request could not be tried, or there was nothing to judge, so nothing is known. */
    public static final int NOT_PLAYED = 3;

    private ExitCode() {}
}
