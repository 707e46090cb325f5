// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.CaptureException;
import dev.unraced.recording.RecordingException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what went wrong and what to do, without a stack trace unless the user asked for one. */
public final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                err.println("Did you mean " + String.join(" or ", near) + "?");
            }
        }
        err.println("Try '" + name + " --help'.");
        if (List.of(args).contains(CommonOptions.DEBUG)) {
            e.printStackTrace(err);
        }
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + message(e));
        if (parsed.hasMatchedOption(CommonOptions.DEBUG)
                || command.getParseResult().hasMatchedOption(CommonOptions.DEBUG)) {
            e.printStackTrace(err);
        }
        return e instanceof InvalidConfigException ? ExitCode.USAGE : ExitCode.FAILURE;
    }

    private static String message(Exception e) {
        boolean expected = e instanceof CaptureException
                || e instanceof InvalidConfigException
                || e instanceof OutputException
                || e instanceof RecordingException;
        return expected ? e.getMessage() : "unexpected error: " + e + "\nRun again with --debug to see where.";
    }
}
