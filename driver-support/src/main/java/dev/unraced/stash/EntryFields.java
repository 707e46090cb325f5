// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of an entry of an {@link ArgStash}, as a row of fields. Their owner names each field once, for both
 * directions: {@code flags = fields.pass(flags)} writes a call's flags at its entry, and reads them at its return.
 *
 * <p>Not thread-safe; allocates nothing after its construction.
 */
public final class EntryFields {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] array;
    /** The array, for the stash; fields do not go through its position, which costs more than they do. */
    private final ByteBuffer bytes;

    private boolean isReading;
    /** The place of the next field. */
    private int at;

    /**
     * Makes room for one entry.
     *
     * @param largest the size of the largest entry, in bytes
     */
    public EntryFields(int largest) {
        array = new byte[largest];
        bytes = ByteBuffer.wrap(array);
    }

    /** Begins an entry: from now on, fields are written. */
    public EntryFields write() {
        isReading = false;
        at = 0;
        return this;
    }

    /** Returns the bytes that were written since {@link #write}, for {@link ArgStash#put}. */
    public ByteBuffer written() {
        return bytes.clear().limit(at);
    }

    /** Returns room for the bytes of an entry, for {@link ArgStash#take} and {@link ArgStash#peek}. */
    public ByteBuffer room() {
        return bytes.clear();
    }

    /** Begins to read the entry that is in {@link #room()}: from now on, fields are read. */
    public EntryFields read() {
        isReading = true;
        at = 0;
        return this;
    }

    /** Passes a field of eight bytes: returns the value after writing it, or reads it. */
    public long pass(long value) {
        int from = advance(Long.BYTES);
        if (isReading) {
            return (long) LONGS.get(array, from);
        }
        LONGS.set(array, from, value);
        return value;
    }

    /** Passes a field of four bytes. */
    public int pass(int value) {
        int from = advance(Integer.BYTES);
        if (isReading) {
            return (int) INTS.get(array, from);
        }
        INTS.set(array, from, value);
        return value;
    }

    /** Passes a number from -32,768 to 32,767, in two bytes. */
    public int passShort(int value) {
        int from = advance(Short.BYTES);
        if (isReading) {
            return (short) SHORTS.get(array, from);
        }
        SHORTS.set(array, from, (short) value);
        return value;
    }

    /** Passes a number from 0 to 255, such as a constant's code, in one byte. */
    public int passByte(int value) {
        int from = advance(Byte.BYTES);
        if (isReading) {
            return Byte.toUnsignedInt(array[from]);
        }
        array[from] = (byte) value;
        return value;
    }

    /** Passes a flag, in one byte. */
    public boolean pass(boolean value) {
        return passByte(value ? 1 : 0) != 0;
    }

    /** Passes the first bytes of a field. */
    public void pass(byte[] field, int count) {
        int from = advance(count);
        if (isReading) {
            System.arraycopy(array, from, field, 0, count);
        } else {
            System.arraycopy(field, 0, array, from, count);
        }
    }

    private int advance(int count) {
        int from = at;
        at += count;
        return from;
    }
}
