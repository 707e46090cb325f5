// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import org.jspecify.annotations.Nullable;

/**
 * Returned calls that wait for a further frame, at most one of each thread. Their number is bounded. Each has a
 * deadline of its own, at the same distance for all calls of a kind. Besides the lists of all calls, by kind, each
 * sandbox has such lists of its own calls. Not thread-safe; allocates only when more calls wait at once than ever
 * before.
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

    /** The calls of one sandbox. */
    static final class Own {
        private final Ends[] ends = ends();
        private int count;

        /** Returns the number of the sandbox's calls that wait. */
        int count() {
            return count;
        }
    }

    /** The ends of a list. */
    private static final class Ends {
        private int first = NONE;
        private int last = NONE;
    }

    /** Lists of places, in order of their deadlines; each place is in one of them at most. */
    private static final class Lists {
        private final int[] next;
        private final int[] previous;

        Lists(int capacity) {
            next = new int[capacity];
            previous = new int[capacity];
        }

        void append(Ends ends, int place) {
            next[place] = NONE;
            previous[place] = ends.last;
            if (ends.last == NONE) {
                ends.first = place;
            } else {
                next[ends.last] = place;
            }
            ends.last = place;
        }

        void unlink(Ends ends, int place) {
            if (previous[place] == NONE) {
                ends.first = next[place];
            } else {
                next[previous[place]] = next[place];
            }
            if (next[place] == NONE) {
                ends.last = previous[place];
            } else {
                previous[next[place]] = previous[place];
            }
        }
    }

    private static final int NONE = -1;
    private static final Kind[] KINDS = Kind.values();

    /** A place is null until a call has waited there. */
    private final @Nullable RecordBuilder[] records;

    private final Kind[] kinds;
    private final long[] deadlines;
    /** The lists of all calls. */
    private final Lists all;

    private final Ends[] ends = ends();
    /** The lists of each sandbox. */
    private final Lists own;
    /** The free places, as a stack. */
    private final int[] free;

    private int freeCount;

    HeldCalls(int capacity) {
        records = new RecordBuilder[capacity];
        kinds = new Kind[capacity];
        deadlines = new long[capacity];
        all = new Lists(capacity);
        own = new Lists(capacity);
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[freeCount++] = capacity - 1 - i;
        }
    }

    private static Ends[] ends() {
        Ends[] ends = new Ends[KINDS.length];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = new Ends();
        }
        return ends;
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
        all.append(ends[kind.list], place);
        Own calls = record.connection.held;
        own.append(calls.ends[kind.list], place);
        calls.count++;
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
        int list = kinds[place].list;
        all.unlink(ends[list], place);
        own.unlink(connection.held.ends[list], place);
        connection.held.count--;
        free[freeCount++] = place;
        connection.held(tid, 0);
    }

    /** Returns a call that is past its deadline, or null. */
    @Nullable
    RecordBuilder overdue(long now) {
        for (Kind kind : KINDS) {
            int place = ends[kind.list].first;
            if (place != NONE && deadlines[place] - now <= 0) {
                return records[place];
            }
        }
        return null;
    }

    /** Returns the oldest record; there must be one. */
    RecordBuilder oldest() {
        return oldest(ends);
    }

    /** Returns the record of a sandbox to give up for another; there must be one. */
    RecordBuilder oldest(Connection of) {
        return oldest(of.held.ends);
    }

    /** Returns the oldest record of a list of calls that only wait for their file's path, or of the other list. */
    private RecordBuilder oldest(Ends[] lists) {
        int place = lists[Kind.FD_PATH.list].first;
        return records[place == NONE ? lists[Kind.EXIT_PAIR.list].first : place];
    }
}
