// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** Decodes UTF-8 without allocating, and tells text that may be shown from text that plays tricks. */
final class Utf8 {
    /** The result of {@link #decode} for a byte that does not start a well-formed sequence. */
    static final int MALFORMED = -1;

    private Utf8() {}

    /**
     * Returns the code point that starts at an index, by the rules of RFC 3629: no overlong forms, no surrogates,
     * nothing past U+10FFFF.
     */
    static int decode(byte[] bytes, int at, int end) {
        int first = bytes[at];
        if (first >= 0) {
            return first;
        }
        first &= 0xff;
        if (first < 0xc2 || first > 0xf4) {
            return MALFORMED;
        }
        int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (at + size > end) {
            return MALFORMED;
        }
        int point = first & (0x7f >> size);
        for (int i = 1; i < size; i++) {
            int next = bytes[at + i];
            if ((next & 0xc0) != 0x80) {
                return MALFORMED;
            }
            point = (point << 6) | (next & 0x3f);
        }
        boolean overlong = size(point) != size;
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return overlong || surrogate || point > Character.MAX_CODE_POINT ? MALFORMED : point;
    }

    /** Returns the number of bytes of a code point. */
    static int size(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }

    /**
     * Returns whether a code point shows as itself and does nothing else. Control characters (C0, DEL, C1) do not: a
     * terminal obeys them. Bidirectional and other format characters, separators and fillers do not: they hide or
     * reorder the rest. Characters that this runtime does not know do not, either.
     */
    static boolean isPlain(int point) {
        if (point < 0x7f) {
            return point >= 0x20;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> !isInvisible(point);
        };
    }

    /** Returns whether a letter or mark is among Unicode's Default_Ignorable_Code_Point, which show as nothing. */
    private static boolean isInvisible(int point) {
        return point == 0x034f
                || point == 0x115f
                || point == 0x1160
                || (point >= 0x17b4 && point <= 0x17b5)
                || (point >= 0x180b && point <= 0x180f)
                || point == 0x3164
                || (point >= 0xfe00 && point <= 0xfe0f)
                || point == 0xffa0
                || (point >= 0xe0000 && point <= 0xe0fff);
    }
}
