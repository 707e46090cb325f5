// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes, such as a path. It becomes text only on demand, so no byte is lost.
 *
 * <p>Thread-safe. Two byte strings are equal when their bytes are equal.
 */
public final class ByteString implements Comparable<ByteString> {
    /** No bytes at all. */
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns a copy of the given bytes. */
    public static ByteString copyOf(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteString(bytes.clone());
    }

    /**
     * Returns a copy of the bytes from an index on, up to another index.
     *
     * @throws ArrayIndexOutOfBoundsException when {@code from} is no index of the array
     * @throws IllegalArgumentException when {@code to} is less than {@code from}
     */
    public static ByteString copyOf(byte[] bytes, int from, int to) {
        return owning(Arrays.copyOfRange(bytes, from, to));
    }

    /** Returns the UTF-8 bytes of a text. */
    public static ByteString utf8(String text) {
        return text.isEmpty() ? EMPTY : new ByteString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes over an array that no other code holds. */
    static ByteString owning(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteString(bytes);
    }

    /** Returns the number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** Returns whether there are no bytes. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /**
     * Returns the byte at an index.
     *
     * @throws ArrayIndexOutOfBoundsException when there is no such index
     */
    public byte byteAt(int index) {
        return bytes[index];
    }

    /** Returns a copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /**
     * Copies the bytes into an array; allocates nothing.
     *
     * @throws ArrayIndexOutOfBoundsException when the bytes do not fit
     */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
    }

    /** Returns whether these bytes equal those of another byte string, as {@link #equals} does; allocates nothing. */
    public boolean contentEquals(ByteString other) {
        return Arrays.equals(bytes, other.bytes);
    }

    /** Returns whether these bytes begin with those of a byte string; allocates nothing. */
    public boolean startsWith(ByteString prefix) {
        return startsWith(prefix, 0);
    }

    /** Returns whether a byte string stands in these bytes at an index of 0 or more; allocates nothing. */
    public boolean startsWith(ByteString prefix, int at) {
        int end = at + prefix.bytes.length;
        return end <= bytes.length && Arrays.equals(bytes, at, end, prefix.bytes, 0, prefix.bytes.length);
    }

    /** Returns whether these bytes equal those of an array from an index on, up to another index; allocates nothing. */
    public boolean contentEquals(byte[] other, int from, int to) {
        return Arrays.equals(bytes, 0, bytes.length, other, from, to);
    }

    /** Returns the bytes decoded as UTF-8, malformed bytes replaced by U+FFFD: for reading, not for comparing. */
    public String toUtf8() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Returns the bytes as printable ASCII without loss: any other byte, and the backslash, becomes {@code \xNN}. Safe
     * to print on a terminal.
     */
    public String escaped() {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append("\\x").append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
            }
        }
        return text.toString();
    }

    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns {@link #escaped()}. */
    @Override
    public String toString() {
        return escaped();
    }
}
