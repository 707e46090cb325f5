// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Wraps help at spaces alone, so that no path, key or list of values is broken, and an example that is too long goes on
 * behind a backslash, so that it can be copied. Picocli would also break behind a dot, a slash or a comma.
 */
public final class HelpLayout {
    private static final int WIDTH = 80;
    /** A width at which picocli breaks no line. */
    private static final int UNBROKEN = 4096;

    private static final String CONTINUED = " \\";
    private static final int EXAMPLE_INDENT = 6;

    private static final Pattern SPACES = Pattern.compile("^ *");
    private static final Pattern OPTION = Pattern.compile("^ *(?:-\\w, )?-\\S+ +");
    private static final Pattern WORD = Pattern.compile("^ *\\S+ +");
    private static final Pattern STYLE = Pattern.compile("\u001b\\[[0-9;]*m");

    private HelpLayout() {}

    /** Lays out the help of a command and of all its subcommands. */
    public static void apply(CommandLine command) {
        command.setUsageHelpWidth(UNBROKEN);
        Map<String, IHelpSectionRenderer> sections = new LinkedHashMap<>();
        command.getHelpSectionMap()
                .forEach((key, renderer) -> sections.put(key, help -> wrapped(renderer.render(help), key)));
        command.setHelpSectionMap(sections);
        abbreviate(command);
    }

    /** The options are listed below the synopsis, which would have them in several lines without any meaning. */
    private static void abbreviate(CommandLine command) {
        command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        command.getSubcommands().values().forEach(HelpLayout::abbreviate);
    }

    private static String wrapped(String text, String section) {
        StringBuilder all = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            all.append(all.isEmpty() ? "" : "\n");
            if (section.equals(UsageMessageSpec.SECTION_KEY_FOOTER) && line.startsWith("  ")) {
                all.append(wrapped(line, EXAMPLE_INDENT, CONTINUED));
            } else {
                all.append(wrapped(line, indent(STYLE.matcher(line).replaceAll(""), section), ""));
            }
        }
        return all.toString();
    }

    /** Returns where the first line's text begins, and so that of all its lines. */
    private static int indent(String line, String section) {
        Pattern before = switch (section) {
            case UsageMessageSpec.SECTION_KEY_OPTION_LIST -> OPTION;
            case UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, UsageMessageSpec.SECTION_KEY_COMMAND_LIST -> WORD;
            default -> SPACES;
        };
        Matcher found = before.matcher(line);
        if (!found.find() || found.end() > WIDTH / 2) {
            found = SPACES.matcher(line);
            return found.find() ? found.end() : 0;
        }
        return found.end();
    }

    /**
     * Breaks a line at spaces, but not within quotes that a shell would see.
     *
     * @param indent the spaces before each line but the first
     * @param end what each line but the last ends with; if it is empty, quotes are nothing special
     */
    private static String wrapped(String line, int indent, String end) {
        StringBuilder all = new StringBuilder();
        String rest = line;
        while (STYLE.matcher(rest).replaceAll("").length() > WIDTH) {
            int space = lastSpace(rest, WIDTH - end.length(), !end.isEmpty());
            if (space < 0) {
                break;
            }
            all.append(rest, 0, space).append(end).append('\n');
            rest = " ".repeat(indent) + rest.substring(space).stripLeading();
        }
        return all.append(rest).toString();
    }

    /** Returns the last space before which no more characters stand than fit; -1 if there is none. */
    private static int lastSpace(String line, int most, boolean withQuotes) {
        int found = -1;
        int shown = 0;
        char quote = 0;
        Matcher style = STYLE.matcher(line);
        int begin = line.length() - line.stripLeading().length();
        for (int i = 0; i < line.length() && shown <= most; i++) {
            char c = line.charAt(i);
            if (style.region(i, line.length()).lookingAt()) {
                i = style.end() - 1;
                continue;
            }
            if (quote == 0 && c == ' ' && i > begin) {
                found = i;
            } else if (withQuotes && (c == '\'' || c == '"')) {
                quote = quote == 0 ? c : quote == c ? 0 : quote;
            }
            shown++;
        }
        return found;
    }
}
