// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.nio.ByteBuffer;

/**
 * Keeps what was read when a call entered, until the same call returns. At most one entry per thread, since a thread is
 * in one call at a time. Memory is fixed at construction: no operation allocates.
 *
 * <p>An entry answers only its own call: {@link #take} gives it out when thread, start time and call are those of
 * {@link #put}, and otherwise discards it as stale. Implementations say whether they are thread-safe.
 */
public interface ArgStash {

    /** What became of a {@link #put}. */
    enum Put {
        /** Stored in a free place. */
        STORED,
        /** Stored; an entry of the same thread that no return had taken was discarded as stale. */
        REPLACED,
        /** Stored; the oldest entry of another thread was given up for it. */
        EVICTED,
        /** Not stored: the stash is full. */
        REFUSED
    }

    /** {@link #take}: the thread has no entry. */
    int MISSING = -1;
    /** {@link #take}: the thread's entry belonged to another call, or to another thread of the same id; it is gone. */
    int STALE = -2;

    /**
     * Stores the bytes between a buffer's position and limit, which it leaves alone.
     *
     * @param thread names the thread among all that use this stash, such as a tid, or a connection and a tid
     * @param startNanos when the thread started, to tell it from an earlier one with the same id
     * @param call the call's number and convention, as the driver encodes them
     * @throws IllegalArgumentException when there are more bytes than {@link #entryBytes()}
     */
    Put put(long thread, long startNanos, int call, ByteBuffer bytes);

    /**
     * Takes the entry of a thread's call: copies its bytes to the target's position, which it advances.
     *
     * @return the number of bytes, {@link #MISSING} or {@link #STALE}
     * @throws java.nio.BufferOverflowException when they do not fit; the entry stays
     */
    int take(long thread, long startNanos, int call, ByteBuffer target);

    /**
     * Reclaims the entry of a thread that ended.
     *
     * @return whether there was one
     */
    boolean discard(long thread);

    /** Reclaims every entry, as at the end of a capture. */
    void clear();

    /** Entries that fit. */
    int capacity();

    /** Bytes that fit into an entry. */
    int entryBytes();

    /** The books up to now; allocates. */
    StashStats stats();
}
