// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.man;

import dev.unraced.cli.common.Paragraph;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page {@code docs/reference/options.md}: each command with its options. */
final class CommandMarkdown {
    private final StringBuilder page = new StringBuilder("""
            # Options

            `man --markdown` of the laboratory's command writes this page
            ([how](README.md#pages-that-commands-write)); a test compares the two. [The guide](../cli.md) says
            how to use the commands, and has examples.

            """);

    private final CommandSpec root;

    private CommandMarkdown(CommandSpec root) {
        this.root = root;
    }

    static String of(CommandSpec root) {
        CommandMarkdown markdown = new CommandMarkdown(root);
        markdown.table("Every command takes these.", root.options());
        root.subcommands().values().forEach(command -> markdown.command(command.getCommandSpec()));
        return markdown.page.toString().strip() + "\n";
    }

    private void command(CommandSpec spec) {
        String usage = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).abbreviatedSynopsis();
        page.append("## ")
                .append(spec.qualifiedName().replaceFirst("^unraced ", ""))
                .append("\n\n");
        page.append("    ").append(usage.strip().replaceAll("\\s+", " ")).append("\n\n");
        Set<String> common = root.optionsMap().keySet();
        String header = String.join(" ", spec.usageMessage().header());
        table(
                header,
                spec.options().stream()
                        .filter(option -> !option.hidden() && !common.contains(option.longestName()))
                        .toList(),
                spec.positionalParameters());
        spec.subcommands().values().forEach(inner -> command(inner.getCommandSpec()));
    }

    private void table(String header, Iterable<OptionSpec> options) {
        table(header, options, Set.of());
    }

    private void table(String header, Iterable<OptionSpec> options, Iterable<PositionalParamSpec> parameters) {
        page.append(Paragraph.wrapped(header)).append("\n\n");
        int begin = page.length();
        for (PositionalParamSpec parameter : parameters) {
            if (!parameter.hidden()) {
                row(parameter.paramLabel(), parameter);
            }
        }
        for (OptionSpec option : options) {
            String names = String.join("`, `", option.names());
            row(option.arity().max() == 0 ? names : names + " " + option.paramLabel(), option);
        }
        if (page.length() > begin) {
            page.insert(begin, "| option | meaning |\n|---|---|\n").append('\n');
        }
    }

    private void row(String name, ArgSpec argument) {
        String text = Arrays.stream(argument.description())
                .map(line -> line.replace("%n", " ").replace("%%", "%"))
                .collect(Collectors.joining(" "))
                .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()));
        page.append("| `")
                .append(name.replace("|", "\\|"))
                .append("` | ")
                .append(text.strip().replaceAll("\\s+", " ").replace("|", "\\|").replaceAll("([*<])", "\\\\$1"))
                .append(" |\n");
    }
}
