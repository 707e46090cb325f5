// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

/** Lines of the pages in {@code docs/} that commands write. */
public final class Paragraph {
    private static final int COLUMNS = 100;

    private Paragraph() {}

    /** Breaks a text into lines of at most 100 columns; a longer word has a line of its own. */
    public static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : text.strip().split("\\s+", -1)) {
            if (column > 0 && column + 1 + word.length() > COLUMNS) {
                lines.append('\n');
                column = 0;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString();
    }
}
