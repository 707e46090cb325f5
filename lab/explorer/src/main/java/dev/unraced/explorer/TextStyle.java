// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/** The characters with which a {@link Timeline} is drawn. Both styles escape characters that would steer a terminal. */
public enum TextStyle {
    /** Printable ASCII only; all other characters are escaped. */
    ASCII("+", "|", "+", "-", ">", "!"),
    /** Box-drawing lines, and all printable characters. */
    UTF_8("┌", "│", "└", "─", "▸", "!");

    final String enter;
    final String inside;
    final String exit;
    final String rule;
    final String falls;
    final String attack;

    TextStyle(String enter, String inside, String exit, String rule, String falls, String attack) {
        this.enter = enter;
        this.inside = inside;
        this.exit = exit;
        this.rule = rule;
        this.falls = falls;
        this.attack = attack;
    }

    /** Returns the text on one line; characters that cannot be shown are written as &#92;u{HEX}. */
    public String escape(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isPrintable(point)) {
                shown.appendCodePoint(point);
            } else {
                shown.append("\\u{").append(Integer.toHexString(point)).append('}');
            }
        });
        return shown.toString();
    }

    private boolean isPrintable(int point) {
        if (point >= ' ' && point <= '~') {
            return true;
        }
        return this == UTF_8
                && switch (Character.getType(point)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    default -> true;
                };
    }
}
