// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import dev.unraced.event.RecordLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Records for many readers. The writer never waits: it gives up the oldest records for the newest, and a reader that
 * was not there in time learns how many it missed.
 *
 * <p>Records stand one behind the other, each beginning with its length; none is split, so the end of the ring may hold
 * a filler. A reader copies first and then looks whether the writer has given up what it copied; so it needs no lock,
 * and the writer does not know its readers.
 *
 * <p>One thread writes; any may read. Allocates nothing after construction.
 */
final class BroadcastRing {
    private static final VarHandle HEAD = field("head");
    private static final VarHandle ORDINAL = field("ordinal");
    private static final VarHandle TAIL = field("tail");
    private static final int FILLER = -1;
    /** Room is made in steps of this share of the ring, so that the tail seldom moves. */
    private static final int STEP_SHARE = 64;

    private final int size;
    private final int step;
    private final ByteBuffer data;
    private volatile long head;
    private volatile long ordinal;
    private volatile long tail;
    private volatile long tailOrdinal;
    /** Odd while the tail moves. */
    private volatile int version;

    /** Where a reader stands. Not thread-safe. */
    static final class Cursor {
        long position;
        /** Records before the position, since the ring began. */
        long ordinal;
        /** Records that were gone before this reader came. */
        long missed;
    }

    /** An empty ring of a size in bytes that is a power of two. */
    BroadcastRing(int size) {
        if (Integer.bitCount(size) != 1 || size < 1 << 16) {
            throw new IllegalArgumentException("a ring of " + size + " bytes is no power of two of 64 KiB or more");
        }
        this.size = size;
        this.step = size / STEP_SHARE;
        this.data = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
        return size;
    }

    /** Records written so far. */
    long ordinal() {
        return ordinal;
    }

    /** The position behind the last record. */
    long head() {
        return head;
    }

    /** Appends a record; its length is a multiple of {@link RecordLayout#ALIGNMENT}. Writer only. */
    void write(ByteBuffer record, int offset, int length) {
        int untilEnd = size - index(head);
        if (length > untilEnd) {
            makeRoom(untilEnd);
            data.putInt(index(head), FILLER);
            HEAD.setRelease(this, head + untilEnd);
        }
        makeRoom(length);
        data.put(index(head), record, offset, length);
        HEAD.setRelease(this, head + length);
        ORDINAL.setRelease(this, ordinal + 1);
    }

    /** A reader that begins with the next record. Writer only. */
    Cursor cursor() {
        Cursor cursor = new Cursor();
        cursor.position = head;
        cursor.ordinal = ordinal;
        return cursor;
    }

    /**
     * Copies whole records from where the reader stands, and moves it behind them.
     *
     * @return how many bytes were copied; 0 when there is nothing new
     */
    int read(Cursor cursor, byte[] target, int limit) {
        while (true) {
            long reach = (long) HEAD.getAcquire(this);
            catchUp(cursor);
            long from = cursor.position;
            if (from >= reach) {
                return 0;
            }
            int at = index(from);
            int available = (int) Math.min(Math.min(reach - from, size - at), limit);
            data.get(at, target, 0, available);
            VarHandle.acquireFence();
            if ((long) TAIL.getOpaque(this) > from) {
                continue;
            }
            int whole = whole(target, available, cursor);
            if (whole > 0) {
                return whole;
            }
            // Only a filler stood there, and the cursor is behind it now.
        }
    }

    /** How many records a reader at a place has missed by now. */
    long missed(Cursor cursor) {
        while (true) {
            int before = version;
            long gone = tailOrdinal - cursor.ordinal;
            boolean isBehind = tail > cursor.position;
            VarHandle.acquireFence();
            if ((before & 1) == 0 && before == version) {
                return isBehind ? gone : 0;
            }
            Thread.onSpinWait();
        }
    }

    /** Counts the records that are whole in a copy, and moves the cursor behind them. */
    private int whole(byte[] target, int available, Cursor cursor) {
        ByteBuffer copy = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + Integer.BYTES <= available) {
            int length = copy.getInt(at);
            if (length == FILLER) {
                cursor.position += size - index(cursor.position);
                return at;
            }
            if (length > available - at) {
                return at;
            }
            at += length;
            cursor.position += length;
            cursor.ordinal++;
        }
        return at;
    }

    /** Puts a reader that fell behind onto the oldest record that is left. */
    private void catchUp(Cursor cursor) {
        while ((long) TAIL.getAcquire(this) > cursor.position) {
            int before = version;
            long position = tail;
            long oldest = tailOrdinal;
            VarHandle.acquireFence();
            if ((before & 1) == 0 && before == version) {
                cursor.missed += oldest - cursor.ordinal;
                cursor.position = position;
                cursor.ordinal = oldest;
            }
        }
    }

    private void makeRoom(int bytes) {
        if (head + bytes - tail <= size) {
            return;
        }
        long position = tail;
        long oldest = tailOrdinal;
        int wanted = Math.max(bytes, step);
        while (head + wanted - position > size && position < head) {
            int length = data.getInt(index(position));
            if (length == FILLER) {
                position += size - index(position);
            } else {
                position += length;
                oldest++;
            }
        }
        int even = version;
        version = even + 1;
        tail = position;
        tailOrdinal = oldest;
        version = even + 2;
        // A volatile write orders what came before it, not what comes after.
        VarHandle.fullFence();
    }

    private int index(long position) {
        return (int) (position & (size - 1));
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(BroadcastRing.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
