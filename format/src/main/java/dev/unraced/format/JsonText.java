// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** Appends bytes as JSON strings that are safe to print on a terminal. */
final class JsonText {
    /** The ASCII characters that a string holds as they are. */
    private static final boolean[] VERBATIM = verbatim();

    private JsonText() {}

    /**
     * Appends a string in quotes. Bytes that are not UTF-8 become U+FFFD. Characters that are not {@link Utf8#isPlain
     * plain} become escapes, which a JSON reader turns back into the characters.
     *
     * @return whether the bytes were UTF-8, so that the string holds them all
     */
    static boolean put(LineBuffer out, byte[] bytes, int from, int to) {
        boolean exact = true;
        int copied = from;
        int at = from;
        out.put('"');
        while (at < to) {
            byte next = bytes[at];
            if (next >= 0 && VERBATIM[next]) {
                at++;
                continue;
            }
            int point = Utf8.decode(bytes, at, to);
            int size = point < 0 ? 1 : Utf8.size(point);
            if (point == '"' || point == '\\' || !Utf8.isPlain(point)) {
                out.put(bytes, copied, at - copied);
                copied = at + size;
                exact &= point >= 0;
                escape(out, point);
            }
            at += size;
        }
        out.put(bytes, copied, to - copied).put('"');
        return exact;
    }

    /** Appends a text in quotes, with an escape for each character that is not plain ASCII. Allocates nothing. */
    static void put(LineBuffer out, String text) {
        out.put('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next < VERBATIM.length && VERBATIM[next]) {
                out.put(next);
            } else {
                unit(out, next);
            }
        }
        out.put('"');
    }

    /** Appends bytes as a string of hexadecimal digits. */
    static void putHex(LineBuffer out, byte[] bytes, int from, int to) {
        out.put('"');
        for (int i = from; i < to; i++) {
            out.putHexByte(bytes[i]);
        }
        out.put('"');
    }

    private static boolean[] verbatim() {
        boolean[] verbatim = new boolean[0x80];
        for (int c = 0; c < verbatim.length; c++) {
            verbatim[c] = c != '"' && c != '\\' && Utf8.isPlain(c);
        }
        return verbatim;
    }

    private static void escape(LineBuffer out, int point) {
        if (point == '"' || point == '\\') {
            out.put('\\').put((char) point);
        } else if (point < 0) {
            unit(out, 0xfffd);
        } else if (Character.isBmpCodePoint(point)) {
            unit(out, point);
        } else {
            unit(out, Character.highSurrogate(point));
            unit(out, Character.lowSurrogate(point));
        }
    }

    private static void unit(LineBuffer out, int unit) {
        out.put("\\u").putHexByte((byte) (unit >> 8)).putHexByte((byte) unit);
    }
}
