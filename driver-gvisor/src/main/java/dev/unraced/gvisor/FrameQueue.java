// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The frames of one sandbox on their way from the receiving thread to the merging thread. Memory is fixed; frames are
 * received in place. One producer, one consumer; allocates nothing after construction.
 *
 * <p>A frame has a header of 8 bytes, its length. A frame that reaches over the end continues in spare memory behind
 * it, and the next frame starts at the beginning.
 */
final class FrameQueue {
    /**
     * The bytes of the largest frame, which is more than a sentry can send with the send buffer that Linux gives it
     * (212,992 bytes, net.core.wmem_default).
     */
    static final int LARGEST_FRAME = 1 << 18;

    private static final int HEADER = 8;
    private static final int NEEDED = HEADER + LARGEST_FRAME;
    private static final VarHandle PRODUCED = position("produced");
    private static final VarHandle CONSUMED = position("consumed");

    private final int bytes;
    private final ByteBuffer memory;
    private final long address;

    @SuppressWarnings("unused") // by its VarHandle
    private volatile long produced;

    @SuppressWarnings("unused") // by its VarHandle
    private volatile long consumed;

    /**
     * Makes an empty queue.
     *
     * @param bytes its size, a power of two of at least twice {@link #LARGEST_FRAME}
     */
    FrameQueue(int bytes) {
        if (Integer.bitCount(bytes) != 1 || bytes < 2 * LARGEST_FRAME) {
            throw new IllegalArgumentException("a queue of " + bytes + " bytes");
        }
        this.bytes = bytes;
        memory = ByteBuffer.allocateDirect(bytes + NEEDED).order(ByteOrder.nativeOrder());
        address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
    }

    /** Returns the address for the next frame, with room for the largest; 0 when there is no room. */
    long room() {
        long position = (long) PRODUCED.getOpaque(this);
        if (position + NEEDED - (long) CONSUMED.getAcquire(this) > bytes) {
            return 0;
        }
        return address + index(position) + HEADER;
    }

    /** Passes on the frame that was received at {@link #room}. */
    void add(int length) {
        long position = (long) PRODUCED.getOpaque(this);
        memory.putInt(index(position), length);
        PRODUCED.setRelease(this, behind(position, length));
    }

    /** Copies a frame in, for a producer without a socket; returns false when there is no room. */
    boolean offer(byte[] frame, int length) {
        if (room() == 0) {
            return false;
        }
        memory.put(index((long) PRODUCED.getOpaque(this)) + HEADER, frame, 0, length);
        add(length);
        return true;
    }

    /**
     * Copies the next frame to the beginning of an array, which must hold the largest frame. Returns its length, or -1
     * when the queue is empty.
     */
    int take(byte[] target) {
        long position = (long) CONSUMED.getOpaque(this);
        if (position == (long) PRODUCED.getAcquire(this)) {
            return -1;
        }
        int index = index(position);
        int length = memory.getInt(index);
        memory.get(index + HEADER, target, 0, length);
        CONSUMED.setRelease(this, behind(position, length));
        return length;
    }

    boolean isEmpty() {
        return (long) CONSUMED.getAcquire(this) == (long) PRODUCED.getAcquire(this);
    }

    private int index(long position) {
        return (int) (position & (bytes - 1));
    }

    private long behind(long position, int length) {
        int step = HEADER + ((length + HEADER - 1) & -HEADER);
        int untilEnd = bytes - index(position);
        return position + Math.min(step, untilEnd);
    }

    private static VarHandle position(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(FrameQueue.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
