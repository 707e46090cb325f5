// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.explore;

/** Which characters a {@link Timeline} is drawn with. Either way, whatever would steer a terminal is escaped. */
public enum TextStyle {
    /** Printable ASCII only; everything else is escaped. */
    ASCII("+", "|", "+", "-", ">", "!"),
    /** Lines, and whatever can be printed. */
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

    /** The text on one line, with all that cannot be shown as it is written as &#92;u{HEX}. */
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
