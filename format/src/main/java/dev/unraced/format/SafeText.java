// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/**
 * Appends bytes so that a terminal shows them and obeys none. {@link Utf8#isPlain Plain} UTF-8 stays as it is, if the
 * terminal takes UTF-8. Every other byte, the backslash and one delimiter become {@code \xNN}, so the text holds all
 * bytes.
 */
final class SafeText {
    private final boolean utf8;

    SafeText(boolean utf8) {
        this.utf8 = utf8;
    }

    /** Returns whether characters beyond ASCII may be written. */
    boolean isUtf8() {
        return utf8;
    }

    void put(LineBuffer out, byte[] bytes, int from, int to, char delimiter) {
        int at = from;
        while (at < to) {
            int point = Utf8.decode(bytes, at, to);
            int size = point < 0 ? 1 : Utf8.size(point);
            boolean shown =
                    point >= 0 && point != '\\' && point != delimiter && (utf8 || point < 0x80) && Utf8.isPlain(point);
            if (shown) {
                out.put(bytes, at, size);
            } else {
                for (int i = at; i < at + size; i++) {
                    out.put("\\x").putHexByte(bytes[i]);
                }
            }
            at += size;
        }
    }
}
