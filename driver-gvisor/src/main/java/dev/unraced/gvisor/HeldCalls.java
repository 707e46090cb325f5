// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import org.jspecify.annotations.Nullable;

/**
 * Returned calls that wait for a further frame, at most one of each thread. Their number is bounded. Each has a
 * deadline of its own, at the same distance for all calls of a kind. Not thread-safe; allocates only when more calls
 * wait at once than ever before.
 */
final class HeldCalls {
    /** The frame that a call waits for. */
    enum Kind {
        /** The payload point of its return, which pairs with the raw one. */
        EXIT_PAIR(0),
        /** A use of its descriptor, whose point reports fd_path. */
        FD_PATH(1);

        private final int list;

        Kind(int list) {
            this.list = list;
        }
    }

    private static final int NONE = -1;
    private static final Kind[] KINDS = Kind.values();

    /** A place is null until a call has waited there. */
    private final @Nullable RecordBuilder[] records;

    private final Kind[] kinds;
    private final long[] deadlines;
    /** The lists by kind, in order of their deadlines. */
    private final int[] next;

    private final int[] previous;
    private final int[] first = {NONE, NONE};
    private final int[] last = {NONE, NONE};
    /** The free places, as a stack. */
    private final int[] free;

    private int freeCount;

    HeldCalls(int capacity) {
        records = new RecordBuilder[capacity];
        kinds = new Kind[capacity];
        deadlines = new long[capacity];
        next = new int[capacity];
        previous = new int[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[freeCount++] = capacity - 1 - i;
        }
    }

    boolean isFull() {
        return freeCount == 0;
    }

    boolean isEmpty() {
        return freeCount == free.length;
    }

    /**
     * Stores a record, and returns another for the caller's further use. There must be room, and the thread must have
     * no record here.
     *
     * @param deadline in the terms of System.nanoTime
     */
    RecordBuilder hold(RecordBuilder record, Kind kind, long deadline) {
        int place = free[--freeCount];
        RecordBuilder spare = records[place];
        records[place] = record;
        kinds[place] = kind;
        deadlines[place] = deadline;
        append(place, kind.list);
        record.connection.held(record.tid, place + 1);
        return spare == null ? new RecordBuilder() : spare;
    }

    /** Returns what a thread's call waits for; null when the thread has none here. */
    @Nullable
    Kind kind(Connection connection, int tid) {
        int place = connection.held(tid) - 1;
        return place < 0 ? null : kinds[place];
    }

    /** Returns the record of a thread without removing it; there must be one. */
    RecordBuilder peek(Connection connection, int tid) {
        return records[connection.held(tid) - 1];
    }

    /** Removes a thread's record, and keeps another in its place; there must be one. */
    RecordBuilder release(Connection connection, int tid, RecordBuilder spare) {
        int place = connection.held(tid) - 1;
        RecordBuilder record = records[place];
        records[place] = spare;
        remove(connection, tid);
        return record;
    }

    /** Removes a thread's record and keeps its memory; there must be one. */
    void remove(Connection connection, int tid) {
        int place = connection.held(tid) - 1;
        unlink(place, kinds[place].list);
        free[freeCount++] = place;
        connection.held(tid, 0);
    }

    /** Returns a call that is past its deadline, or null. */
    @Nullable
    RecordBuilder overdue(long now) {
        for (Kind kind : KINDS) {
            int place = first[kind.list];
            if (place != NONE && deadlines[place] - now <= 0) {
                return records[place];
            }
        }
        return null;
    }

    /** Returns the record to give up for another; there must be one. */
    RecordBuilder oldest() {
        int place = first[Kind.FD_PATH.list];
        return records[place == NONE ? first[Kind.EXIT_PAIR.list] : place];
    }

    private void append(int place, int list) {
        next[place] = NONE;
        previous[place] = last[list];
        if (last[list] == NONE) {
            first[list] = place;
        } else {
            next[last[list]] = place;
        }
        last[list] = place;
    }

    private void unlink(int place, int list) {
        if (previous[place] == NONE) {
            first[list] = next[place];
        } else {
            next[previous[place]] = next[place];
        }
        if (next[place] == NONE) {
            last[list] = previous[place];
        } else {
            previous[next[place]] = previous[place];
        }
    }
}
