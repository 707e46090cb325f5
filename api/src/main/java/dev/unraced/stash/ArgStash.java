// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.nio.ByteBuffer;

/**
 * Keeps what was read when a call entered, until the same call returns. At most one entry per thread, since a thread is
 * in one call at a time. Memory is fixed at construction: no operation allocates.
 *
 * <p>An entry answers only its own call: {@link #take} gives it out when thread, start time and call are those of
 * {@link #put}, and otherwise discards it as stale.
 *
 * <p>A stash also remembers calls that it refused or evicted until they return, so that their events can say so. Its
 * memory for them is fixed too, and their number is not, so the guarantee has two halves. {@link #EVICTED} and
 * {@link #REFUSED} are only said of the call that its thread put last, and only when that is what became of it. They
 * are said of every such call, unless more of them run at once than the stash remembers: then the oldest are forgotten
 * and become {@link #MISSING}. Remembered calls are not entries; the books count them as evicted and refused, and do
 * not change when they return.
 *
 * <p>Implementations say whether they are thread-safe, and how many such calls they remember; 0 is allowed.
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

    /** {@link #take}: the thread has no entry, and the stash does not remember why. */
    int MISSING = -1;
    /** {@link #take}: the thread's entry belonged to another call, or to another thread of the same id; it is gone. */
    int STALE = -2;
    /** {@link #take}: this very call had an entry, which was evicted for a newer one. */
    int EVICTED = -3;
    /** {@link #take}: this very call was refused, since the stash was full. */
    int REFUSED = -4;

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
     * Stores other bytes in the entry that a thread's call has, as when more has become known of it. Neither a put nor
     * a take, and not on the books.
     *
     * @return whether the call has an entry; when not, nothing changes
     * @throws IllegalArgumentException when there are more bytes than {@link #entryBytes()}
     * @throws UnsupportedOperationException when entries cannot be changed here
     */
    default boolean amend(long thread, long startNanos, int call, ByteBuffer bytes) {
        throw new UnsupportedOperationException("the entries of this stash cannot be changed");
    }

    /**
     * Looks at the entry of a thread's call: copies its bytes as {@link #take} does, and leaves it there. Nothing
     * changes, neither the books nor what is remembered of calls that were refused or evicted.
     *
     * @return what {@link #take} would return
     * @throws java.nio.BufferOverflowException when the bytes do not fit
     * @throws UnsupportedOperationException when entries can only be taken here
     */
    default int peek(long thread, long startNanos, int call, ByteBuffer target) {
        throw new UnsupportedOperationException("the entries of this stash can only be taken");
    }

    /**
     * Takes the entry of a thread's call: copies its bytes to the target's position, which it advances.
     *
     * @return the number of bytes, or {@link #MISSING}, {@link #STALE}, {@link #EVICTED} or {@link #REFUSED}, all
     *     negative; afterwards the stash knows nothing of the thread
     * @throws java.nio.BufferOverflowException when they do not fit; the entry stays
     */
    int take(long thread, long startNanos, int call, ByteBuffer target);

    /**
     * Reclaims the entry of a thread that ended, and forgets what is remembered of it.
     *
     * @return whether there was one
     */
    boolean discard(long thread);

    /** Reclaims every entry and forgets every call, as at the end of a capture. */
    void clear();

    /** Entries that fit. */
    int capacity();

    /** Bytes that fit into an entry. */
    int entryBytes();

    /** The books up to now; allocates. */
    StashStats stats();
}
