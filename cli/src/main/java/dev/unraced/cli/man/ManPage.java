// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.man;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page {@code unraced.1}, for the command and all its subcommands. */
public final class ManPage {
    private static final String EXIT_CODES = "Exit codes: ";

    private final Roff roff = new Roff();
    private final CommandSpec root;

    private ManPage(CommandSpec root) {
        this.root = root;
    }

    /**
     * Writes the page.
     *
     * @param root the model of the command
     * @param version the version of the command, for the foot of the page
     * @param day the day of that version, such as 2026-11-24, also for the foot
     */
    public static String of(CommandSpec root, String version, String day) {
        ManPage page = new ManPage(root);
        page.write(version, day);
        return page.roff.toString();
    }

    private void write(String version, String day) {
        String name = root.name();
        roff.title(name.toUpperCase(Locale.ROOT), "1", day, name + " " + version, "User Commands");
        roff.macro("SH", "NAME")
                .text(name + " - "
                        + uncapped(String.join(" ", root.usageMessage().header())));
        roff.macro("SH", "SYNOPSIS").macro("B", name).text("COMMAND [OPTIONS]");
        roff.macro("SH", "DESCRIPTION")
                .text(
                        "Each command is described below, and by its option --help. What the fields of an event mean, how a"
                                + " driver is chosen and what the rules of drivers are, the documents that come with it say.");
        roff.macro("SH", "OPTIONS OF EVERY COMMAND");
        root.options().forEach(this::option);
        roff.macro("SH", "COMMANDS");
        for (CommandLine command : root.subcommands().values()) {
            command(command.getCommandSpec());
        }
        roff.macro("SH", "EXIT STATUS")
                .text("0 is success, 1 failure, 2 a wrong command line or configuration. Commands say above where they"
                        + " tell more.");
        roff.macro("SH", "ENVIRONMENT")
                .item("UNRACED_CONFIG", "The configuration file, when no option names one.")
                .item("UNRACED_*", "Any key of the configuration, in upper case; 'unraced config' names them.")
                .item("NO_COLOR", "No colours, if it is set and not empty.");
        roff.macro("SH", "FILES")
                .item(
                        "/etc/unraced/unraced.conf",
                        "The configuration, when neither option nor environment names another.");
    }

    private void command(CommandSpec spec) {
        roff.macro("SS", synopsis(spec));
        roff.text(String.join(" ", spec.usageMessage().header()));
        paragraph(spec.usageMessage().description());
        spec.positionalParameters().forEach(this::parameter);
        Set<String> common = root.optionsMap().keySet();
        spec.options().stream()
                .filter(option -> !option.hidden() && !common.contains(option.longestName()))
                .forEach(this::option);
        footer(spec.usageMessage().footer());
        spec.subcommands().values().forEach(inner -> command(inner.getCommandSpec()));
    }

    private static String synopsis(CommandSpec spec) {
        String words = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).abbreviatedSynopsis();
        return words.strip().replaceAll("\\s+", " ");
    }

    private void paragraph(String... lines) {
        String text = Arrays.stream(lines).filter(line -> !line.isBlank()).collect(Collectors.joining(" "));
        if (!text.isEmpty()) {
            roff.macro("PP").text(text);
        }
    }

    private void parameter(PositionalParamSpec parameter) {
        if (!parameter.hidden()) {
            roff.item(parameter.paramLabel(), description(parameter));
        }
    }

    private void option(OptionSpec option) {
        String names = String.join(", ", option.names());
        roff.item(option.arity().max() == 0 ? names : names + " " + option.paramLabel(), description(option));
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description()).replace("%n", " ").replace("%%", "%");
    }

    private void footer(String... lines) {
        boolean inExample = false;
        for (String line : lines) {
            boolean isExample = line.startsWith("  ");
            if (isExample && !inExample) {
                roff.macro("PP").macro("EX");
            } else if (!isExample && inExample) {
                roff.macro("EE");
            }
            inExample = isExample;
            if (isExample) {
                roff.text(line);
            } else if (!line.isBlank()) {
                roff.macro("PP")
                        .text(
                                line.startsWith(EXIT_CODES)
                                        ? "Exit status: " + line.substring(EXIT_CODES.length())
                                        : line);
            }
        }
        if (inExample) {
            roff.macro("EE");
        }
    }

    private static String uncapped(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1).replaceFirst("\\.$", "");
    }
}
