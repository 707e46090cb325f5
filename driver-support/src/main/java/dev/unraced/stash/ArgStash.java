// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;

/**
 * Keeps the arguments that were read when a call entered, until the same call returns. At most one entry per thread,
 * since a thread is in one call at a time. Memory is fixed at construction: no operation allocates.
 *
 * <p>An entry answers only its own call: {@link #take} returns it when thread, start time and call are those of
 * {@link #put}, and otherwise discards it as stale.
 *
 * <p>A stash also remembers calls that it refused or evicted until they return, so that their events can say so. It can
 * remember only a fixed number of them, so the guarantee has two halves. First, {@link #EVICTED} and {@link #REFUSED}
 * are only returned for the latest call that a thread put, and only when that call was evicted or refused. Second, they
 * are returned for every such call, unless more of them run at once than the stash remembers. The oldest are then
 * forgotten and become {@link #MISSING}. Remembered calls are not entries; the statistics count them as evicted and
 * refused, and do not change when they return.
 *
 * <p>Implementations document whether they are thread-safe, and how many such calls they remember; 0 is allowed.
 */
public interface ArgStash {

    /** The outcome of a {@link #put}. */
    enum Put {
        /** The entry was stored in a free place. */
        STORED,
        /**
         * The entry was stored; an earlier entry of the same thread that no return had taken was discarded as stale.
         */
        REPLACED,
        /** The entry was stored; the oldest entry of another thread was evicted for it. */
        EVICTED,
        /** The entry was not stored: the stash is full. */
        REFUSED
    }

    /** {@link #take} returns this when the thread has no entry, and the stash does not remember why. */
    int MISSING = -1;
    /**
     * {@link #take} returns this when the thread's entry belonged to another call, or to another thread of the same id;
     * the entry is discarded.
     */
    int STALE = -2;
    /** {@link #take} returns this when the entry of this very call was evicted for a newer entry. */
    int EVICTED = -3;
    /** {@link #take} returns this when this very call was refused, since the stash was full. */
    int REFUSED = -4;

    /**
     * Stores the bytes between a buffer's position and limit, without changing either.
     *
     * @param thread identifies the thread among all that use this stash, such as a tid, or a connection and a tid
     * @param startNanos start time of the thread, which distinguishes it from an earlier thread with the same id
     * @param call the call's number and convention, as the driver encodes them
     * @throws IllegalArgumentException when there are more bytes than {@link #entryBytes()}
     */
    Put put(long thread, long startNanos, int call, ByteBuffer bytes);

    /**
     * Replaces the bytes in the entry of a thread's call, as when more about the call becomes known. This is neither a
     * put nor a take, and the statistics do not count it.
     *
     * @return whether the call has an entry; without an entry, nothing changes
     * @throws IllegalArgumentException when there are more bytes than {@link #entryBytes()}
     * @throws UnsupportedOperationException when entries cannot be changed here
     */
    default boolean amend(long thread, long startNanos, int call, ByteBuffer bytes) {
        throw new UnsupportedOperationException("the entries of this stash cannot be changed");
    }

    /**
     * Copies the bytes of the entry of a thread's call as {@link #take} does, and leaves the entry there. Neither the
     * statistics nor the remembered calls change.
     *
     * @return the result that {@link #take} would return
     * @throws java.nio.BufferOverflowException when the bytes do not fit
     * @throws UnsupportedOperationException when entries can only be taken here
     */
    default int peek(long thread, long startNanos, int call, ByteBuffer target) {
        throw new UnsupportedOperationException("the entries of this stash can only be taken");
    }

    /**
     * Removes the entry of a thread's call and copies its bytes to the target's position, which it advances.
     *
     * @return the number of bytes, or {@link #MISSING}, {@link #STALE}, {@link #EVICTED} or {@link #REFUSED}, all
     *     negative; afterwards the stash knows nothing of the thread
     * @throws java.nio.BufferOverflowException when the bytes do not fit; the entry stays
     */
    int take(long thread, long startNanos, int call, ByteBuffer target);

    /**
     * Reclaims the entry of a thread that ended, and forgets its remembered call.
     *
     * @return whether the thread had an entry
     */
    boolean discard(long thread);

    /** Reclaims every entry and forgets every call, as at the end of a capture. */
    void clear();

    /** Returns the number of entries that fit. */
    int capacity();

    /** Returns the number of bytes that fit into an entry. */
    int entryBytes();

    /** Returns the statistics up to now; allocates. */
    StashStats stats();
}
