// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The producer's side of a BPF ring buffer, in ordinary memory: every byte of the data area is written twice. */
final class MemoryRing {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PAGE = 4096;
    static final int BUSY = 1 << 31;
    static final int DISCARD = 1 << 30;

    private final int size;
    private final ByteBuffer consumer = ByteBuffer.allocateDirect(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer producer;
    private final RecordEncoder encoder = new RecordEncoder();
    private long position;
    private long sequence;

    MemoryRing(int size) {
        this.size = size;
        this.producer = ByteBuffer.allocateDirect(PAGE + 2 * size).order(ByteOrder.LITTLE_ENDIAN);
    }

    RingReader reader() {
        return new RingReader(consumer, producer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), PAGE, size);
    }

    /** Returns a reader that sees no more of the second copy of the data than it asks for. */
    RingReader readerOfLeast() {
        ByteBuffer mapped = producer.asReadOnlyBuffer().slice(0, PAGE + size + RingReader.overlap(size));
        return new RingReader(consumer, mapped.order(ByteOrder.LITTLE_ENDIAN), PAGE, size);
    }

    long consumed() {
        return (long) LONGS.getAcquire(consumer, 0);
    }

    /** Writes an open of a path with the next sequence number; returns false when there is no room. */
    boolean open(String path) {
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, sequence + 1)
                .call(1, 2, 3)
                .path(ByteString.utf8(path).toByteArray(), Provenance.ENTER, Integrity.UNCHECKED);
        int length = encoder.finishPartial();
        boolean written = write(encoder.buffer(), length, 0);
        sequence += written ? 1 : 0;
        return written;
    }

    /** Writes an open by a thread that returned at a time, which also is its sequence number. */
    boolean open(int tid, long exitNanos) {
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(0, exitNanos)
                .call(1, exitNanos, 3)
                .thread(tid, 1, 1, 1)
                .path(new byte[] {'/'}, Provenance.ENTER, Integrity.UNCHECKED);
        return write(encoder.buffer(), encoder.finishPartial(), 0);
    }

    /** Writes the last open again, with the same number; allocates nothing. */
    void again() {
        write(encoder.buffer(), encoder.finishPartial(), 0);
    }

    boolean raw(byte[] bytes, int headerBits) {
        return write(ByteBuffer.wrap(bytes), bytes.length, headerBits);
    }

    /** Clears the busy bit of the record that starts at a position. */
    void commit(long at, int length) {
        INTS.setRelease(producer, index(at), length);
        producer.putInt(index(at) + size, length);
    }

    void header(long at, int word) {
        INTS.setRelease(producer, index(at), word);
    }

    int header(long at) {
        return (int) INTS.getAcquire(producer, index(at));
    }

    long position() {
        return position;
    }

    private boolean write(ByteBuffer bytes, int length, int headerBits) {
        int step = RecordLayout.align(length) + 8;
        if (position + step - consumed() > size) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            put(position + 8 + i, bytes.get(i));
        }
        producer.putInt(index(position) + 4, 0);
        INTS.setRelease(producer, index(position), length | headerBits);
        position += step;
        LONGS.setRelease(producer, 0, position);
        return true;
    }

    private void put(long at, byte value) {
        producer.put(index(at), value);
        producer.put(index(at) + size, value);
    }

    private int index(long at) {
        return PAGE + (int) (at & (size - 1));
    }
}
