// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of output that grow as needed and are reused: an {@link EventWriter} appends lines, {@link #writeTo} hands them
 * on. Not thread-safe.
 */
public final class LineBuffer {
    /** The capacity in bytes that most events fit into. */
    static final int USUAL_CAPACITY = 1024;

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] LOWEST = ascii(Long.toString(Long.MIN_VALUE));

    /**
     * The first digits of the numbers below 100; ONES has the second ones. The tables halve the number of divisions.
     */
    private static final byte[] TENS = new byte[100];

    private static final byte[] ONES = new byte[100];

    static {
        for (int i = 0; i < 100; i++) {
            TENS[i] = (byte) ('0' + i / 10);
            ONES[i] = (byte) ('0' + i % 10);
        }
    }

    private static final byte ESCAPE = 0x1b;
    /** The bytes of an escape that {@link SafeText} writes for a byte: a backslash, an x and two digits. */
    private static final int ESCAPE_LENGTH = 4;

    private byte[] bytes;
    private int length;

    /**
     * Creates an empty buffer.
     *
     * @param capacity the number of bytes that fit before the buffer grows; 0 or more
     */
    public LineBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** Returns the bytes of an ASCII text, for constants. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the number of bytes. */
    public int length() {
        return length;
    }

    /** Returns a copy of the bytes after the first {@code start}. */
    byte[] copyFrom(int start) {
        return Arrays.copyOfRange(bytes, start, length);
    }

    /** Removes all bytes, and keeps the memory. */
    public void clear() {
        length = 0;
    }

    /** Returns the number of characters after the first {@code start} bytes, which end with a whole character. */
    int charactersFrom(int start) {
        return characters(bytes, start, length);
    }

    /** Returns the number of characters that a terminal shows after the first {@code start} bytes. */
    int visibleFrom(int start) {
        int count = 0;
        for (int i = start; i < length; i++) {
            if (bytes[i] == ESCAPE) {
                while (i < length && bytes[i] != 'm') {
                    i++;
                }
            } else {
                count += (bytes[i] & 0xc0) == 0x80 ? 0 : 1;
            }
        }
        return count;
    }

    /**
     * Begins a new line before the byte at a position, in place of spaces that end there, and indents it.
     *
     * @return where the byte is then
     */
    int breakAt(int position, int indent) {
        int end = position;
        while (end > 0 && bytes[end - 1] == ' ') {
            end--;
        }
        byte[] rest = Arrays.copyOfRange(bytes, position, length);
        length = end;
        put('\n').putSpaces(indent).put(rest);
        return length - rest.length;
    }

    /**
     * Breaks the text at the end, which stands behind an indent, into lines that fit.
     *
     * @param start where the text begins
     * @param from where the first space is at which it may be broken
     * @param most the characters that fit behind the indent
     * @param indent the spaces before each line
     */
    void wrap(int start, int from, int most, int indent) {
        int begin = start;
        int first = from;
        while (visibleFrom(begin) > most) {
            int space = lastSpace(begin, first, most);
            if (space < 0) {
                return;
            }
            begin = breakAt(space + 1, indent);
            first = begin;
        }
    }

    /** Returns the last space up to which the text fits, or if there is none the first space; -1 without any. */
    private int lastSpace(int begin, int from, int most) {
        int found = -1;
        int characters = 0;
        for (int i = begin; i < length && (characters <= most || found < 0); i++) {
            if (bytes[i] == ESCAPE) {
                while (i < length && bytes[i] != 'm') {
                    i++;
                }
            } else {
                if (bytes[i] == ' ' && i >= from) {
                    found = i;
                }
                characters += (bytes[i] & 0xc0) == 0x80 ? 0 : 1;
            }
        }
        return found;
    }

    /**
     * Cuts out the middle of the text after the first {@code start} bytes, if it has more characters than fit. An
     * escape such as {@code \x1b} stays whole or goes.
     *
     * @param most the characters that fit
     * @param gap what stands in place of the middle
     */
    void shorten(int start, int most, byte[] gap) {
        int characters = charactersFrom(start);
        if (characters <= most) {
            return;
        }
        int gapCharacters = characters(gap, 0, gap.length);
        int head = (most - gapCharacters) / 2;
        int from = skip(start, head);
        int to = skip(start, characters - (most - gapCharacters - head));
        for (int back = 1; back <= ESCAPE_LENGTH - 1; back++) {
            if (from - back >= start && bytes[from - back] == '\\') {
                from -= back;
                break;
            }
        }
        for (int back = 1; back <= ESCAPE_LENGTH - 1; back++) {
            if (to - back >= from && bytes[to - back] == '\\') {
                to += ESCAPE_LENGTH - back;
                break;
            }
        }
        byte[] tail = Arrays.copyOfRange(bytes, Math.min(to, length), length);
        length = from;
        put(gap).put(tail);
    }

    private static int characters(byte[] text, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (text[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return count;
    }

    /** Returns the position so many characters behind another one. */
    private int skip(int from, int characters) {
        int at = from;
        for (int left = characters; left > 0 && at < length; left--) {
            at++;
            while (at < length && (bytes[at] & 0xc0) == 0x80) {
                at++;
            }
        }
        return at;
    }

    /** Removes spaces at the end. */
    void trimEnd() {
        while (length > 0 && bytes[length - 1] == ' ') {
            length--;
        }
    }

    /** Writes all bytes, and empties the buffer even if that fails. */
    public void writeTo(OutputStream out) throws IOException {
        int count = length;
        length = 0;
        out.write(bytes, 0, count);
    }

    LineBuffer put(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /** Appends all bytes of another buffer. */
    LineBuffer put(LineBuffer other) {
        return put(other.bytes, 0, other.length);
    }

    LineBuffer put(byte[] source) {
        return put(source, 0, source.length);
    }

    LineBuffer put(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends a text of ASCII characters. */
    LineBuffer put(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    LineBuffer putDecimal(long value) {
        reserve(20);
        long rest = value;
        if (rest < 0) {
            if (rest == Long.MIN_VALUE) {
                return put(LOWEST);
            }
            bytes[length++] = '-';
            rest = -rest;
        }
        int digits = digits(rest);
        int at = length + digits;
        for (; rest >= 100; rest /= 100) {
            int pair = (int) (rest % 100);
            bytes[--at] = ONES[pair];
            bytes[--at] = TENS[pair];
        }
        bytes[--at] = ONES[(int) rest];
        if (rest >= 10) {
            bytes[--at] = TENS[(int) rest];
        }
        length += digits;
        return this;
    }

    /** Appends a 64-bit number that has no sign. */
    LineBuffer putUnsigned(long value) {
        if (value >= 0) {
            return putDecimal(value);
        }
        long tenth = Long.divideUnsigned(value, 10);
        return putDecimal(tenth).put((char) ('0' + (int) (value - tenth * 10)));
    }

    /** Appends the last {@code digits} decimal digits of a number, with leading zeros. */
    LineBuffer putPadded(long value, int digits) {
        reserve(digits);
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    LineBuffer putOctal(long value) {
        return putDigits(value, 3);
    }

    LineBuffer putHex(long value) {
        return putDigits(value, 4);
    }

    /** Appends a byte as two hexadecimal digits. */
    LineBuffer putHexByte(byte value) {
        reserve(2);
        bytes[length++] = HEX[(value >> 4) & 0xf];
        bytes[length++] = HEX[value & 0xf];
        return this;
    }

    LineBuffer putSpaces(int count) {
        if (count > 0) {
            reserve(count);
            Arrays.fill(bytes, length, length + count, (byte) ' ');
            length += count;
        }
        return this;
    }

    private LineBuffer putDigits(long value, int bitsPerDigit) {
        int significant = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(value));
        int digits = (significant + bitsPerDigit - 1) / bitsPerDigit;
        reserve(digits);
        for (int i = digits - 1; i >= 0; i--) {
            bytes[length++] = HEX[(int) (value >>> (i * bitsPerDigit)) & ((1 << bitsPerDigit) - 1)];
        }
        return this;
    }

    /** Returns the decimal digits of a number that is not negative. */
    static int digits(long value) {
        int digits = 1;
        for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    private void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }

    /** Returns the bytes as text; allocates. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
