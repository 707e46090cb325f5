// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.EventHandler;
import dev.unraced.event.EventView;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordValidator;
import dev.unraced.event.record.RecordView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads merged records from a ring that follows the BPF ring-buffer protocol: see {@code kernel/bpf/ringbuf.c}.
 * Positions are 64-bit byte counts that never wrap. A record is an 8-byte header, whose first word holds the length
 * with a busy and a discard bit, and the data. No record is split: either the start of the data area is mapped once
 * more behind its end, or the producer fills up its end with a discarded record, as {@link RingWriter} does.
 */
public final class RingReader implements RecordReader {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DELIVERED = counter("delivered");
    private static final VarHandle MALFORMED = counter("malformed");

    static final int NOTHING = 0;
    static final int READY = 1;
    static final int UNDER_WAY = 2;

    private static final int HEADER_SIZE = 8;
    private static final int BUSY = 1 << 31;
    private static final int DISCARD = 1 << 30;
    /** The producer gets space back when this share of the ring has been read, and at the end of each poll. */
    private static final int RELEASE_SHARE = 8;
    /** The most that a record of a driver's has beyond the end of the data area, and a multiple of every page size. */
    private static final int OVERLAP = 64 << 10;
    /** The number of records that are read in one go; see {@link #some}. */
    private static final int BATCH = 64;

    private static final ByteBuffer NO_MEMORY = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer consumerPage;
    private ByteBuffer producerPages;
    private final int dataOffset;
    private final int dataBytes;
    private final RecordView view = new RecordView();
    private final ProcessRecordView processView = new ProcessRecordView();

    private long position;
    /** The position up to which the producer may overwrite. */
    private long released;
    /** The offset of the current record, and the position behind it. */
    private int record;

    private long behind;
    private volatile long delivered;
    private volatile long malformed;
    private volatile boolean halted;

    /**
     * Creates a reader over mapped memory.
     *
     * @param consumerPage writable; its first 8 bytes hold the consumer's position
     * @param producerPages the first 8 bytes hold the producer's position; the data area follows from
     *     {@code dataOffset} on, and behind it as much of the data area once more as {@link #overlap} says, or all of
     *     it; may be read-only. A record that leaves this memory is malformed
     * @param dataOffset offset of the data area in {@code producerPages}, in bytes; a multiple of 8
     * @param dataBytes size of the data area in bytes, a power of two
     * @throws IllegalArgumentException when the sizes do not fit together
     */
    public RingReader(ByteBuffer consumerPage, ByteBuffer producerPages, int dataOffset, int dataBytes) {
        this(consumerPage, producerPages, dataOffset, dataBytes, overlap(dataBytes));
    }

    /**
     * Returns how much of a data area has to be mapped a second time, behind its end, so that no record is split: all
     * of a small one, and 64 KiB of a large one. The kernel counts each mapped page of a BPF ring as resident.
     *
     * @param dataBytes size of the data area in bytes
     */
    public static int overlap(int dataBytes) {
        return Math.min(dataBytes, OVERLAP);
    }

    /**
     * Creates a reader over memory whose data area is mapped once, because its producer splits no record. A record that
     * still crosses the end is malformed.
     *
     * @throws IllegalArgumentException when the sizes do not fit together
     */
    static RingReader overUnsplit(ByteBuffer consumerPage, ByteBuffer producerPages, int dataOffset, int dataBytes) {
        return new RingReader(consumerPage, producerPages, dataOffset, dataBytes, 0);
    }

    private RingReader(ByteBuffer consumerPage, ByteBuffer producerPages, int dataOffset, int dataBytes, int overlap) {
        if (Integer.bitCount(dataBytes) != 1 || dataBytes < RecordLayout.ALIGNMENT) {
            throw new IllegalArgumentException("a ring of " + dataBytes + " bytes is not a power of two");
        }
        long needed = dataOffset + (long) dataBytes + overlap;
        if (producerPages.capacity() < needed) {
            throw new IllegalArgumentException(
                    "a ring of " + dataBytes + " bytes needs " + needed + " mapped, not " + producerPages.capacity());
        }
        this.consumerPage = consumerPage.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.producerPages = producerPages.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.dataOffset = dataOffset;
        this.dataBytes = dataBytes;
        this.position = (long) LONGS.getAcquire(this.consumerPage, 0);
        this.released = position;
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        long reach = reach();
        int count = 0;
        try {
            boolean more = true;
            while (more && count < limit) {
                int wanted = Math.min(limit - count, BATCH);
                int got = some(handler, wanted, reach);
                count += got;
                more = got == wanted;
            }
        } finally {
            giveBack();
        }
        return count;
    }

    /**
     * Reads a batch of records. It is a separate method, because the JIT compiles an often called method sooner and
     * better than a long loop: a single poll may read a million records.
     */
    private int some(EventHandler handler, int limit, long reach) {
        ByteBuffer pages = producerPages;
        int longest = dataBytes - HEADER_SIZE;
        long at = position;
        long handed = delivered;
        int count = 0;
        while (count < limit && at != reach && !halted) {
            int index = dataOffset + (int) (at & (dataBytes - 1));
            int length = (int) INTS.getAcquire(pages, index);
            int start = index + HEADER_SIZE;
            long next = at + HEADER_SIZE + length;
            boolean process = false;
            if (length < 0 || length > longest || next > reach || !RecordValidator.isValid(pages, start, length)) {
                if (advance(reach) != READY) {
                    break;
                }
                start = record;
                next = behind;
                process = isProcess(start);
            }
            at = next;
            position = next;
            handed++;
            DELIVERED.setRelease(this, handed);
            count++;
            if (process) {
                handler.onProcess(processView.wrap(pages, start));
            } else {
                handler.onEvent(view.wrap(pages, start));
            }
            if (next - released >= dataBytes / RELEASE_SHARE) {
                giveBack();
            }
        }
        return count;
    }

    /** Returns the producer's position: records before it are complete, or still being written. */
    long reach() {
        return (long) LONGS.getAcquire(producerPages, 0);
    }

    /** Returns this reader's position. */
    long position() {
        return position;
    }

    /**
     * Goes to the next record, and skips discarded and malformed ones (R14.1).
     *
     * @param reach the position to stop at
     * @return {@link #READY}, {@link #NOTHING} before {@code reach}, or {@link #UNDER_WAY} for a reserved but unwritten
     *     record
     */
    int advance(long reach) {
        while (position != reach) {
            int index = dataOffset + (int) (position & (dataBytes - 1));
            int header = (int) INTS.getAcquire(producerPages, index);
            if ((header & BUSY) != 0) {
                return UNDER_WAY;
            }
            int length = header & ~DISCARD;
            long step = (long) RecordLayout.align(length) + HEADER_SIZE;
            if (step > reach - position || step > dataBytes) {
                resynchronise(reach);
                return NOTHING;
            }
            if ((header & DISCARD) == 0) {
                int start = index + HEADER_SIZE;
                if (RecordValidator.isValid(producerPages, start, length)
                        || ProcessRecordView.isValid(producerPages, start, length)) {
                    record = start;
                    behind = position + step;
                    return READY;
                }
                MALFORMED.setRelease(this, malformed + 1);
            }
            position += step;
        }
        return NOTHING;
    }

    /** Returns the time of the current record, see {@link EventView#nanos}; only after {@link #advance} found one. */
    long nanos() {
        boolean enter = producerPages.get(record + RecordLayout.TYPE) == RecordLayout.TYPE_ENTER;
        return producerPages.getLong(record + (enter ? RecordLayout.ENTER_NS : RecordLayout.EXIT_NS));
    }

    /** Returns whether a well-formed record is of a process event. */
    private boolean isProcess(int start) {
        return ProcessRecordView.isAt(producerPages, start);
    }

    /** Hands over the current record, which is consumed whatever the handler does. */
    void deliver(EventHandler handler) {
        position = behind;
        DELIVERED.setRelease(this, delivered + 1);
        if (isProcess(record)) {
            handler.onProcess(processView.wrap(producerPages, record));
        } else {
            handler.onEvent(view.wrap(producerPages, record));
        }
        if (position - released >= dataBytes / RELEASE_SHARE) {
            giveBack();
        }
    }

    /** Lets the producer overwrite the records that have been read. */
    void giveBack() {
        released = position;
        LONGS.setRelease(consumerPage, 0, position);
    }

    @Override
    public void halt() {
        halted = true;
    }

    @Override
    public void detach() {
        halted = true;
        view.unwrap();
        processView.unwrap();
        consumerPage = NO_MEMORY;
        producerPages = NO_MEMORY;
    }

    @Override
    public boolean isEmpty() {
        VarHandle.fullFence();
        return (long) LONGS.getAcquire(producerPages, 0) == (long) LONGS.getAcquire(consumerPage, 0);
    }

    @Override
    public int capacity() {
        return dataBytes;
    }

    @Override
    public long delivered() {
        return delivered;
    }

    @Override
    public long malformed() {
        return malformed;
    }

    /**
     * A length that leaves the ring means that positions and data disagree: the reader skips everything up to the
     * producer, since it cannot find record boundaries (R14.1).
     */
    private void resynchronise(long producer) {
        MALFORMED.setRelease(this, malformed + 1);
        position = producer;
    }

    private static VarHandle counter(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(RingReader.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
