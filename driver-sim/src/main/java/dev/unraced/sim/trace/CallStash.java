// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import dev.unraced.stash.StashStats;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

/**
 * Keeps drafts from entry to return. Long drafts lie in a small stash of their own, so that memory does not grow by the
 * longest path times the number of threads.
 */
final class CallStash {
    /** The size of an ordinary entry in bytes. */
    static final int ENTRY_BYTES = 336;

    private final ArgStash entries;
    private final ArgStash longEntries;
    /** The kernel's copies of calls that found no room at entry. */
    private final ArgStash late;

    private final byte[] array = new byte[Draft.LARGEST];
    private final ByteBuffer bytes = ByteBuffer.wrap(array);
    private final ByteBuffer elsewhere = ByteBuffer.allocate(Byte.BYTES);
    private long longRefused;
    private long longEvicted;

    CallStash(StashPolicy policy, int capacity, int longCapacity, UnaryOperator<ArgStash> seam) {
        entries = seam.apply(policy.newConfinedStash(capacity, ENTRY_BYTES));
        longEntries = policy.newConfinedStash(Math.min(capacity, longCapacity), Draft.LARGEST);
        late = policy.newConfinedStash(Math.min(capacity, longCapacity), Draft.LARGEST);
    }

    /** Stores a draft; {@link #take} shows whether there was room. */
    void put(long thread, long startNanos, int call, Draft draft) {
        int length = draft.writeTo(array);
        bytes.limit(length).position(0);
        boolean isShort = length <= ENTRY_BYTES;
        ArgStash.Put outcome = entries.put(thread, startNanos, call, isShort ? bytes : elsewhere);
        if (outcome == ArgStash.Put.REPLACED) {
            longEntries.discard(thread);
        }
        if (!isShort
                && outcome != ArgStash.Put.REFUSED
                && longEntries.put(thread, startNanos, call, bytes) == ArgStash.Put.REFUSED) {
            longRefused++;
        }
    }

    /** Stores a draft of a call whose entry found no room, or was not seen; the statistics do not count it. */
    void putLate(long thread, long startNanos, int call, Draft draft) {
        int length = draft.writeTo(array);
        bytes.limit(length).position(0);
        late.put(thread, startNanos, call, bytes);
    }

    /**
     * Reads the draft that a call left at its entry, without removing it. The stash still remembers why it refused or
     * evicted a call.
     *
     * @return negative when there is no draft
     */
    int peek(long thread, long startNanos, int call, Draft draft) {
        bytes.clear();
        int length = entries.peek(thread, startNanos, call, bytes);
        if (length == Byte.BYTES) {
            bytes.clear();
            length = longEntries.peek(thread, startNanos, call, bytes);
        }
        if (length > 0) {
            draft.readFrom(array);
        }
        return length;
    }

    /**
     * Takes a draft.
     *
     * @return negative when there is none, for the reasons of {@link ArgStash#take}
     */
    int take(long thread, long startNanos, int call, Draft draft) {
        bytes.clear();
        int length = entries.take(thread, startNanos, call, bytes);
        if (length == Byte.BYTES) {
            bytes.clear();
            length = longEntries.take(thread, startNanos, call, bytes);
            longEvicted += length == ArgStash.EVICTED ? 1 : 0;
        } else if (length < 0 && length != ArgStash.MISSING) {
            longEntries.discard(thread);
        }
        if (length < 0) {
            bytes.clear();
            int found = late.take(thread, startNanos, call, bytes);
            if (found != ArgStash.MISSING) {
                // The entries report only once why they lack a call, so that reason is kept unless the late stash has
                // the draft.
                length = found > 0 || length == ArgStash.MISSING ? found : length;
            }
        }
        if (length > 0) {
            draft.readFrom(array);
        }
        return length;
    }

    void discard(long thread) {
        entries.discard(thread);
        longEntries.discard(thread);
        late.discard(thread);
    }

    void clear() {
        entries.clear();
        longEntries.clear();
        late.clear();
    }

    /** Returns the statistics; an evicted long part counts as its whole entry. */
    StashStats stats() {
        StashStats stats = entries.stats();
        return new StashStats(
                stats.puts(),
                stats.takes() - longEvicted,
                stats.evicted() + longEvicted,
                stats.reclaimed(),
                stats.stale(),
                stats.refused() + longRefused,
                stats.live(),
                stats.capacity());
    }

    /** Returns the bytes of all entries together. */
    long byteSize() {
        return (long) entries.capacity() * entries.entryBytes()
                + (long) longEntries.capacity() * longEntries.entryBytes()
                + (long) late.capacity() * late.entryBytes();
    }
}
