// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.man;

/** Writes man(7), the macros of manual pages, as mandoc and groff read them. */
final class Roff {
    private final StringBuilder page = new StringBuilder();

    /** The first line: name and section of the page, the day of what it is about, its version, and the manual. */
    Roff title(String name, String section, String day, String version, String manual) {
        // A day has plain hyphens.
        page.append(".TH \"%s\" %s %s \"%s\" \"%s\"\n".formatted(name, section, day, version, manual));
        return this;
    }

    /** A macro on a line of its own, with arguments in quotes. */
    Roff macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
        return this;
    }

    /** A line of text. */
    Roff text(String line) {
        String escaped = escape(line);
        // At the start of a line these two would begin a macro.
        boolean isControl = escaped.startsWith(".") || escaped.startsWith("'");
        page.append(isControl ? "\\&" : "").append(escaped).append('\n');
        return this;
    }

    /** A paragraph that hangs from a bold term. */
    Roff item(String term, String text) {
        return macro("TP").macro("B", term).text(text);
    }

    private static String escape(String text) {
        // A plain hyphen may become a typographic one, which nobody can paste into a shell.
        return ascii(text.replace("\\", "\\e").replace("-", "\\-"));
    }

    /** groff reads its input as Latin-1 unless somebody converts it before. */
    private static String ascii(String text) {
        StringBuilder ascii = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (point < 0x80) {
                ascii.append((char) point);
            } else {
                ascii.append("\\[u%04X]".formatted(point));
            }
        });
        return ascii.toString();
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
