// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.linux.FileErrors;
import dev.unraced.recording.RecordingException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what went wrong and what to do, without a stack trace unless the user asked for one. */
public final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    /** These stand for words that other commands have, and this one has in another place. */
    private static final Map<String, String> ELSEWHERE =
            Map.of("--remote", "--driver remote --set remote.address=ADDRESS", "version", "--version");

    /** Picocli's message of a value that is no KEY=VALUE. */
    private static final String OPTION_TWICE = "Value for option option ";

    /** The end of picocli's message of a value that is no number. */
    private static final Pattern JAVA_TYPE =
            Pattern.compile("('-?\\d+')? is not an? (int|long|short|byte|double|float)$");

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(Console.printable(name + ": " + message(e)));
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = suggestions(unmatched);
            if (!near.isEmpty()) {
                err.println(Console.printable("Did you mean " + String.join(" or ", near) + "?"));
            }
        }
        err.println("Try '" + name + " --help'.");
        if (List.of(args).contains(CommonOptions.DEBUG)) {
            printTrace(e, err);
        }
        return ExitCode.USAGE;
    }

    private static void printTrace(Exception e, PrintWriter err) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        err.print(Console.printable(trace.toString()));
        err.flush();
    }

    private static List<String> suggestions(UnmatchedArgumentException unmatched) {
        String first = unmatched.getUnmatched().get(0);
        String name = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
        String other = ELSEWHERE.get(name);
        return other == null ? unmatched.getSuggestions() : List.of(other);
    }

    /** Returns the message; a value that is none of a list comes with the list as it is typed. */
    private static String message(ParameterException e) {
        ArgSpec option = e.getArgSpec();
        Matcher type = JAVA_TYPE.matcher(e.getMessage());
        if (type.find()) {
            boolean whole = !type.group(2).equals("double") && !type.group(2).equals("float");
            return type.replaceFirst(
                    type.group(1) != null ? "$1 is too large" : whole ? " is not a whole number" : " is not a number");
        }
        if (e.getMessage().startsWith(OPTION_TWICE)) {
            return e.getMessage().replaceFirst("option option", "option");
        }
        if (option == null || e.getValue() == null || !e.getMessage().contains("expected one of")) {
            return e.getMessage();
        }
        Class<?> listed = option.auxiliaryTypes().length > 0 ? option.auxiliaryTypes()[0] : option.type();
        if (!listed.isEnum()) {
            return e.getMessage();
        }
        String values = Arrays.stream(listed.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        String label = option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
        return "Invalid value for option '" + label + "': '" + e.getValue() + "' is none of " + values;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println(Console.printable(command.getCommandSpec().qualifiedName() + ": " + message(e)));
        if (parsed.hasMatchedOption(CommonOptions.DEBUG)
                || command.getParseResult().hasMatchedOption(CommonOptions.DEBUG)) {
            printTrace(e, err);
        }
        return e instanceof InvalidConfigException ? ExitCode.USAGE : ExitCode.FAILURE;
    }

    private static String message(Exception e) {
        if (e instanceof FileSystemException known && known.getFile() != null) {
            return FileErrors.fileAndReason(known);
        }
        boolean expected = e instanceof CaptureException
                || e instanceof InvalidConfigException
                || e instanceof OutputException
                || e instanceof RecordingException;
        return expected ? e.getMessage() : "unexpected error: " + e + "\nRun again with --debug to see where.";
    }
}
