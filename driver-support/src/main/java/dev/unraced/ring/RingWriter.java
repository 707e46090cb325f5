// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.event.RecordLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The producer's side of a ring, for a source in user space; {@link RingReader} describes the protocol. The ring is
 * ordinary memory, so its data area is mapped once. Where a record would cross the end, a discarded record fills up the
 * end, and the record starts at the beginning.
 *
 * <p>One thread at a time may {@link #write}; any thread may call {@link #submitted} and {@link #full}. This class
 * wakes no reader, as {@link UserWakeupNotifier} does. Allocates nothing after construction.
 */
public final class RingWriter {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SUBMITTED = counter("submitted");
    private static final VarHandle FULL = counter("full");

    private static final int HEADER_SIZE = 8;
    private static final int DISCARD = 1 << 30;
    private static final int LARGEST = 1 << 30;
    /** The distance that keeps the positions on separate cache lines; CPUs fetch lines in pairs. */
    private static final int LINES = 128;

    private final int dataBytes;
    private final ByteBuffer consumer = memory(LINES);
    private final ByteBuffer producer;

    private long position;
    /** A cached consumer position, which may lag; it is read again only when the ring looks full. */
    private long consumed;

    private volatile long submitted;
    private volatile long full;

    /**
     * Creates an empty ring.
     *
     * @param ringBytes size of the data area in bytes, a power of two from 8 to 2^30
     * @throws IllegalArgumentException when the size is not such a power
     */
    public RingWriter(int ringBytes) {
        if (Integer.bitCount(ringBytes) != 1 || ringBytes < RecordLayout.ALIGNMENT || ringBytes > LARGEST) {
            throw new IllegalArgumentException(
                    "a ring of " + ringBytes + " bytes is not a power of two from 8 to " + LARGEST);
        }
        this.dataBytes = ringBytes;
        this.producer = memory(LINES + ringBytes);
    }

    /** Copies a record that starts at offset 0, as {@link #write(ByteBuffer, int, int)} does. */
    public boolean write(ByteBuffer record, int length) {
        return write(record, 0, length);
    }

    /**
     * Copies a record into the ring, behind all earlier ones.
     *
     * @param record holds the record; its position and limit stay as they are
     * @param offset offset of the record's first byte
     * @param length length of the record in bytes; together with an 8-byte header at most the size of the ring
     * @return false when there was no room: the record is lost, and counted as such
     * @throws IndexOutOfBoundsException when the record reaches beyond the buffer's limit
     */
    public boolean write(ByteBuffer record, int offset, int length) {
        if (writeIfRoom(record, offset, length)) {
            return true;
        }
        FULL.setRelease(this, full + 1);
        return false;
    }

    /**
     * Copies a record as {@link #write(ByteBuffer, int, int)} does, but a record without room is not lost: the caller
     * keeps it, and tries again when the reader has read on.
     */
    public boolean writeIfRoom(ByteBuffer record, int offset, int length) {
        int step = RecordLayout.align(length) + HEADER_SIZE;
        int untilEnd = dataBytes - (int) (position & (dataBytes - 1));
        if (step > untilEnd && step <= dataBytes && hasRoom(untilEnd)) {
            // The filler is published even if the record then finds no room: after it is read, any record that the ring
            // can hold fits.
            publish((untilEnd - HEADER_SIZE) | DISCARD, untilEnd);
            untilEnd = dataBytes;
        }
        if (step > untilEnd || !hasRoom(step)) {
            return false;
        }
        producer.put(index() + HEADER_SIZE, record, offset, length);
        publish(length, step);
        SUBMITTED.setRelease(this, submitted + 1);
        return true;
    }

    /** Returns the number of records written so far. */
    public long submitted() {
        return submitted;
    }

    /** Returns the number of records lost so far because the ring had no room. */
    public long full() {
        return full;
    }

    /** Returns the size of the data area in bytes. */
    public int ringBytes() {
        return dataBytes;
    }

    /** Returns a reader that starts with the first record not yet consumed; a ring has one reader at a time. */
    public RingReader reader() {
        return RingReader.overUnsplit(consumer, producer.asReadOnlyBuffer(), LINES, dataBytes);
    }

    private boolean hasRoom(int step) {
        if (position + step - consumed <= dataBytes) {
            return true;
        }
        // The reader no longer reads space that it has given back.
        consumed = (long) LONGS.getAcquire(consumer, 0);
        return position + step - consumed <= dataBytes;
    }

    private void publish(int header, int step) {
        producer.putLong(index(), header);
        position += step;
        LONGS.setRelease(producer, 0, position);
    }

    private int index() {
        return LINES + (int) (position & (dataBytes - 1));
    }

    private static ByteBuffer memory(int bytes) {
        return ByteBuffer.allocateDirect(bytes + LINES).alignedSlice(LINES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static VarHandle counter(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(RingWriter.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
