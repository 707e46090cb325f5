// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.man;

/** Writes man(7), the macros of manual pages, as mandoc and groff read them. */
final class Roff {
    private final StringBuilder page = new StringBuilder();

    /** Appends the first line: name and section of the page, day, version and manual. */
    Roff title(String name, String section, String day, String version, String manual) {
        // The day is not escaped, so that its hyphens stay plain.
        page.append(".TH \"%s\" %s %s \"%s\" \"%s\"\n".formatted(name, section, day, version, manual));
        return this;
    }

    /** Appends a macro on a line of its own, with arguments in quotes. */
    Roff macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
        return this;
    }

    /** Appends a line of text. */
    Roff text(String line) {
        String escaped = escape(line);
        // At the start of a line, a dot or an apostrophe would begin a macro.
        boolean isControl = escaped.startsWith(".") || escaped.startsWith("'");
        page.append(isControl ? "\\&" : "").append(escaped).append('\n');
        return this;
    }

    /** Appends a paragraph that hangs from a bold term. */
    Roff item(String term, String text) {
        return macro("TP").macro("B", term).text(text);
    }

    private static String escape(String text) {
        // A plain hyphen may become a typographic one, which fails when pasted into a shell.
        return ascii(text.replace("\\", "\\e").replace("-", "\\-"));
    }

    /** Replaces characters beyond ASCII by escapes, since groff reads its input as Latin-1 by default. */
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
