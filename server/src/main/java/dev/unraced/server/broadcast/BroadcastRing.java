// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.event.RecordLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A ring of records for many readers. The writer never waits: it overwrites the oldest records with the newest, and a
 * slow reader learns how many it missed.
 *
 * <p>Records stand one behind the other, each beginning with its length; none is split, so the end of the ring may hold
 * a filler. A reader first copies, and then checks that the writer has not overwritten the copied records. So it needs
 * no lock, and the writer does not know its readers.
 *
 * <p>One thread writes; any may read. Allocates nothing after construction.
 */
final class BroadcastRing {
    private static final VarHandle HEAD = field("head");
    private static final VarHandle ORDINAL = field("ordinal");
    private static final VarHandle TAIL = field("tail");
    private static final int FILLER = -1;
    /** The writer makes room in steps of this share of the ring, so that the tail seldom moves. */
    private static final int STEP_SHARE = 64;

    private final int size;
    private final int step;
    private final ByteBuffer data;
    private volatile long head;
    private volatile long ordinal;
    private volatile long tail;
    private volatile long tailOrdinal;
    /** The version is odd while the tail moves. */
    private volatile int version;

    /** The position of a reader. Not thread-safe. */
    static final class Cursor {
        long position;
        /** The number of records before the position, since the ring began. */
        long ordinal;
        /** The number of records that were overwritten before this reader came to them. */
        long missed;
    }

    /** Makes an empty ring of a size in bytes that is a power of two. */
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

    /** Returns the number of records written so far. */
    long ordinal() {
        return ordinal;
    }

    /** Returns the position behind the last record. */
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

    /** Makes a cursor that begins with the next record. Writer only. */
    Cursor cursor() {
        Cursor cursor = new Cursor();
        cursor.position = head;
        cursor.ordinal = ordinal;
        return cursor;
    }

    /**
     * Copies whole records from the cursor's position, and moves the cursor behind them.
     *
     * @return the number of copied bytes; 0 when there is nothing new
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
            // There was only a filler, and the cursor is behind it now.
        }
    }

    /** Returns how many records a reader at this position has missed by now. */
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

    /** Counts the whole records in a copy, and moves the cursor behind them. */
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

    /** Moves the cursor of a slow reader to the oldest record that is left. */
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
        // A volatile write orders the writes before it, not those after it.
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
