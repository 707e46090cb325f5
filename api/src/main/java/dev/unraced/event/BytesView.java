// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A view of bytes inside a record: a path, an address, a name. Reads without allocating.
 *
 * <p>Belongs to an {@link EventView} and shares its life: valid until the handler returns, on its thread only.
 */
public class BytesView {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private int length;
    private boolean present;

    BytesView() {}

    /** Releases the record; its bytes can no longer be read. */
    final void unwrap() {
        buffer = NOTHING;
    }

    @SuppressWarnings("ReferenceEquality")
    final void wrap(ByteBuffer buffer, int offset, int length, boolean present) {
        // Storing a reference costs the collector's barrier, and events come from the same buffer.
        if (this.buffer != buffer) {
            this.buffer = buffer;
        }
        this.offset = offset;
        this.length = length;
        this.present = present;
    }

    final void wrapSlice(ByteBuffer buffer, int record, int slice) {
        int at = slice & 0xffff;
        wrap(buffer, record + at, slice >>> 16, at != 0);
    }

    final void wrapAbsent() {
        wrap(buffer, 0, 0, false);
    }

    /** Returns whether the record carries these bytes; an empty path is present, a NULL or unreadable path is not. */
    public final boolean isPresent() {
        return present;
    }

    /** Returns the number of bytes; 0 when absent. */
    public final int length() {
        return length;
    }

    /**
     * Returns the byte at an index.
     *
     * @throws IndexOutOfBoundsException when there is no such index
     */
    public final byte byteAt(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(index);
        }
        return buffer.get(offset + index);
    }

    /**
     * Copies the bytes into an array, as many as fit.
     *
     * @return the number of copied bytes
     */
    public final int copyTo(byte[] target, int at) {
        int count = Math.min(length, target.length - at);
        if (count >= 2 * Long.BYTES && count <= 4 * Long.BYTES && at >= 0) {
            copyPair(target, at, 0);
            copyPair(target, at, count - 2 * Long.BYTES);
        } else if (count >= Long.BYTES && count < 2 * Long.BYTES && at >= 0) {
            copyWord(target, at, 0);
            copyWord(target, at, count - Long.BYTES);
        } else {
            buffer.get(offset, target, at, count);
        }
        return count;
    }

    private void copyPair(byte[] target, int at, int index) {
        copyWord(target, at, index);
        copyWord(target, at, index + Long.BYTES);
    }

    private void copyWord(byte[] target, int at, int index) {
        WORDS.set(target, at + index, (long) LONGS.get(buffer, offset + index));
    }

    /** Returns whether these bytes equal those of a byte string; does not allocate. */
    public final boolean contentEquals(ByteString other) {
        return length == other.length() && startsWith(other);
    }

    /** Returns whether these bytes begin with those of a byte string; does not allocate. */
    public final boolean startsWith(ByteString prefix) {
        return startsWith(prefix, 0);
    }

    /** Returns whether a byte string stands in these bytes at an index of 0 or more; does not allocate. */
    public final boolean startsWith(ByteString prefix, int at) {
        if (at + prefix.length() > length) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (buffer.get(offset + at + i) != prefix.byteAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the port of these bytes, if they are a {@code struct sockaddr} of an internet family; else -1. */
    final int port() {
        if (length < Sockaddr.PORT_END) {
            return -1;
        }
        int family = (byteAt(0) & 0xff) | ((byteAt(1) & 0xff) << 8);
        boolean inet = family == Sockaddr.AF_INET || family == Sockaddr.AF_INET6;
        return inet ? ((byteAt(2) & 0xff) << 8) | (byteAt(3) & 0xff) : -1;
    }

    /** Returns an immutable copy; allocates. */
    public final ByteString toByteString() {
        byte[] copy = new byte[length];
        copyTo(copy, 0);
        return ByteString.owning(copy);
    }

    /** Returns the bytes as {@link ByteString#escaped()} prints them; allocates. */
    @Override
    public String toString() {
        return toByteString().escaped();
    }

    /** Returns what stands for this text in a line for people: in quotes, or that it is not known. */
    final String quoted() {
        return isPresent() ? "\"" + this + "\"" : "(unknown)";
    }
}
