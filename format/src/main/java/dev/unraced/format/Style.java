// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** The colours of a line of text; without colour every sequence is empty. */
enum Style {
    RESET("0"),
    TIME("2"),
    TASK("36"),
    CALL("1"),
    DETAIL("2"),
    SUCCESS("32"),
    FAILURE("31"),
    RESOLVED("35"),
    NOTE("33"),
    ALARM("1;31");

    private final String sequence;

    Style(String parameters) {
        sequence = "\u001b[" + parameters + "m";
    }

    /** Ends a column that began after {@code start} bytes, and fills it up to its width. */
    static void endColumn(LineBuffer out, boolean colour, int start, int width) {
        int characters = out.charactersFrom(start);
        RESET.start(out, colour);
        out.putSpaces(width - characters).put(' ');
    }

    void start(LineBuffer out, boolean colour) {
        if (colour) {
            out.put(sequence);
        }
    }
}
