// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.nio.ByteBuffer;

/**
 * A view of bytes inside a record: a path, an address, a name. Reads without allocating.
 *
 * <p>Belongs to an {@link EventView} and shares its life: valid until the handler returns, on its thread only.
 */
public class BytesView {
    private ByteBuffer buffer;
    private int offset;
    private int length;
    private boolean present;

    BytesView() {
        this.buffer = ByteBuffer.allocate(0);
    }

    final void wrap(ByteBuffer buffer, int offset, int length, boolean present) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.present = present;
    }

    final void wrapSlice(ByteBuffer buffer, int record, int slice) {
        int at = buffer.getShort(record + slice) & 0xffff;
        wrap(buffer, record + at, buffer.getShort(record + slice + 2) & 0xffff, at != 0);
    }

    final void wrapAbsent() {
        wrap(buffer, 0, 0, false);
    }

    /** Whether the record carries these bytes; an empty path is present, a NULL or unreadable one is not. */
    public final boolean isPresent() {
        return present;
    }

    /** Number of bytes; 0 when absent. */
    public final int length() {
        return length;
    }

    /**
     * The byte at an index.
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
     * @return how many were copied
     */
    public final int copyTo(byte[] target, int at) {
        int count = Math.min(length, target.length - at);
        buffer.get(offset, target, at, count);
        return count;
    }

    /** Whether these bytes equal those of a byte string; does not allocate. */
    public final boolean contentEquals(ByteString other) {
        if (length != other.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (buffer.get(offset + i) != other.byteAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** An immutable copy; allocates. */
    public final ByteString toByteString() {
        byte[] copy = new byte[length];
        copyTo(copy, 0);
        return ByteString.owning(copy);
    }

    /** The bytes as {@link ByteString#escaped()} prints them; allocates. */
    @Override
    public String toString() {
        return toByteString().escaped();
    }
}
