// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.capture.StashStats;
import dev.unraced.event.Origin;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.trace.TraceListener.Argument;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.EntryFields;
import dev.unraced.stash.StashPolicy;
import java.nio.ByteBuffer;

/**
 * Keeps unfinished records from entry to return, by thread and start (R4.1), in a size that is fixed (R7.1). Long ones
 * lie in a small stash of their own, so that memory does not grow by the longest path times the number of threads.
 */
final class CallStash {
    /** This bit keeps the keys of io_uring requests apart from those of threads. */
    private static final long REQUEST_KEY = 1L << 40;

    /** The size of an ordinary entry in bytes, in which an argument of 224 bytes fits. */
    static final int ENTRY_BYTES = 337;

    private final ArgStash entries;
    private final ArgStash longEntries;
    /** The kernel's copies of calls that found no room at entry. */
    private final ArgStash late;

    private final TraceListener listener;
    private final EntryFields fields = new EntryFields(RecordBuilder.LARGEST);
    private final ByteBuffer elsewhere = ByteBuffer.allocate(Byte.BYTES);
    private long longRefused;
    private long longEvicted;

    CallStash(StashPolicy policy, int capacity, int longCapacity, Seams seams) {
        listener = seams.listener();
        entries = seams.stash().apply(policy.newConfinedStash(capacity, ENTRY_BYTES));
        longEntries = policy.newConfinedStash(Math.min(capacity, longCapacity), RecordBuilder.LARGEST);
        late = policy.newConfinedStash(Math.min(capacity, longCapacity), RecordBuilder.LARGEST);
    }

    /** Stores a record; {@link #take} shows whether there was room. */
    void put(Task caller, Call call, RecordBuilder record) {
        ByteBuffer bytes = written(record);
        boolean isShort = bytes.remaining() <= ENTRY_BYTES;
        ArgStash.Put outcome =
                entries.put(key(caller, call), caller.startNanos(), code(call), isShort ? bytes : elsewhere);
        if (outcome == ArgStash.Put.REPLACED) {
            longEntries.discard(key(caller, call));
        }
        if (!isShort && outcome != ArgStash.Put.REFUSED) {
            ArgStash.Put ofLong = longEntries.put(key(caller, call), caller.startNanos(), code(call), bytes);
            longRefused += ofLong == ArgStash.Put.REFUSED ? 1 : 0;
            outcome = ofLong == ArgStash.Put.STORED ? outcome : ofLong;
        }
        listener.stashed(outcome);
    }

    /** Stores a record of a call whose entry found no room, or was not seen; the statistics do not count it. */
    void putLate(Task caller, Call call, RecordBuilder record) {
        listener.stashed(late.put(key(caller, call), caller.startNanos(), code(call), written(record)));
    }

    private ByteBuffer written(RecordBuilder record) {
        record.pass(fields.write());
        return fields.written();
    }

    /**
     * Reads the record that a call left at its entry, without removing it. The stash still remembers why it refused or
     * evicted a call.
     *
     * @return negative when there is no record
     */
    int peek(Task caller, Call call, RecordBuilder record) {
        int length = entries.peek(key(caller, call), caller.startNanos(), code(call), fields.room());
        if (length == Byte.BYTES) {
            length = longEntries.peek(key(caller, call), caller.startNanos(), code(call), fields.room());
        }
        if (length > 0) {
            record.pass(fields.read());
        }
        return length;
    }

    /**
     * Takes a record.
     *
     * @return negative when there is none, for the reasons of {@link ArgStash#take}
     */
    int take(Task caller, Call call, RecordBuilder record) {
        int length = entries.take(key(caller, call), caller.startNanos(), code(call), fields.room());
        if (length == Byte.BYTES) {
            length = longEntries.take(key(caller, call), caller.startNanos(), code(call), fields.room());
            longEvicted += length == ArgStash.EVICTED ? 1 : 0;
        } else if (length < 0 && length != ArgStash.MISSING) {
            longEntries.discard(key(caller, call));
        }
        if (length < 0) {
            int found = late.take(key(caller, call), caller.startNanos(), code(call), fields.room());
            if (found != ArgStash.MISSING) {
                // The entries report only once why they lack a call, so that reason is kept unless the late stash has
                // the record.
                length = found > 0 || length == ArgStash.MISSING ? found : length;
            }
        }
        if (length > 0) {
            record.pass(fields.read());
            listener.taken(Argument.of(call), record.argument, record.isPresent() ? record.length : -1);
        }
        return length;
    }

    /** Removes what is left of a thread that ended (R6.1, R6.2). */
    void discard(Task task) {
        discard(task.tid());
    }

    /** Removes what is left of a request whose task ended. */
    void discard(Call request) {
        discard(REQUEST_KEY + request.request());
    }

    private void discard(long key) {
        entries.discard(key);
        longEntries.discard(key);
        late.discard(key);
    }

    void clear() {
        entries.clear();
        longEntries.clear();
        late.clear();
    }

    /**
     * Returns the key of a call under way: its thread, or its request. The memory is no key, since a child of vfork has
     * it in common with its parent (R4.3).
     */
    static long key(Task caller, Call call) {
        return call.origin() == Origin.IO_URING ? REQUEST_KEY + call.request() : caller.tid();
    }

    /** Returns a code of the call and its convention. */
    private static int code(Call call) {
        return call.syscall().code() << 8 | call.abi().code();
    }

    /** Returns the statistics; an evicted long part counts as its whole entry. */
    StashStats stats() {
        StashStats stats = entries.stats();
        return stats.toBuilder()
                .takes(stats.takes() - longEvicted)
                .evicted(stats.evicted() + longEvicted)
                .refused(stats.refused() + longRefused)
                .build();
    }

    /** Returns the bytes of all entries together. */
    long byteSize() {
        return (long) entries.capacity() * entries.entryBytes()
                + (long) longEntries.capacity() * longEntries.entryBytes()
                + (long) late.capacity() * late.entryBytes();
    }
}
