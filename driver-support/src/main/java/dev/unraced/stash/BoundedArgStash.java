// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * The common part of the stashes: everything except the policy when full. Its memory is fixed (R7.1), and each entry
 * knows whose it is (R5.3). Not thread-safe: {@link LockedArgStash} adds a lock.
 */
abstract sealed class BoundedArgStash implements ArgStash permits HashArgStash, LruArgStash {
    /** Some JVMs cannot make a longer array. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8L;
    /** The least number of remembered calls: a small stash refuses many more calls than it holds. */
    static final int LEAST_REMEMBERED = 1024;

    private final int entryBytes;
    private final ThreadTable entries;
    private final MissedCalls missed;
    /** The bytes of slot {@code n} start at {@code n * entryBytes}. */
    private final byte[] bytes;

    private final int[] lengths;
    private long puts;
    private long takes;
    private long evicted;
    private long reclaimed;
    private long stale;
    private long refused;

    BoundedArgStash(int capacity, int entryBytes) {
        this(capacity, entryBytes, new SecureRandom().nextLong());
    }

    BoundedArgStash(int capacity, int entryBytes, long seed) {
        if (entryBytes < 1) {
            throw new IllegalArgumentException("entryBytes must be at least 1: " + entryBytes);
        }
        if ((long) capacity * entryBytes > MAX_BYTES) {
            throw new IllegalArgumentException("a stash holds at most " + MAX_BYTES + " bytes, but capacity " + capacity
                    + " times entryBytes " + entryBytes + " is " + (long) capacity * entryBytes);
        }
        this.entryBytes = entryBytes;
        entries = new ThreadTable(capacity, seed);
        missed = new MissedCalls(Math.max(capacity, LEAST_REMEMBERED), seed);
        bytes = new byte[capacity * entryBytes];
        lengths = new int[capacity];
    }

    /**
     * Applies the policy when a new call finds the stash full.
     *
     * @return {@link Put#EVICTED} after {@link #evictOldest()}, or {@link Put#REFUSED}
     */
    abstract Put makeRoom();

    final void evictOldest() {
        int slot = entries.oldest();
        entries.remove(slot);
        evicted++;
        missed.remember(entries.thread(slot), entries.startNanos(slot), entries.call(slot), EVICTED);
    }

    @Override
    public final Put put(long thread, long startNanos, int call, ByteBuffer source) {
        requireFitting(source);
        Put outcome = admit(thread);
        if (outcome == Put.REFUSED) {
            refused++;
            missed.remember(thread, startNanos, call, REFUSED);
            return outcome;
        }
        int slot = entries.add(thread, startNanos, call);
        puts++;
        store(slot, source);
        return outcome;
    }

    @Override
    public final boolean amend(long thread, long startNanos, int call, ByteBuffer source) {
        requireFitting(source);
        int slot = entries.find(thread);
        if (slot == ThreadTable.NONE || !entries.matches(slot, startNanos, call)) {
            return false;
        }
        store(slot, source);
        return true;
    }

    private void requireFitting(ByteBuffer source) {
        if (source.remaining() > entryBytes) {
            throw new IllegalArgumentException(source.remaining() + " bytes do not fit into an entry of " + entryBytes);
        }
    }

    private void store(int slot, ByteBuffer source) {
        lengths[slot] = source.remaining();
        source.get(source.position(), bytes, slot * entryBytes, lengths[slot]);
    }

    /**
     * Removes the thread's entry and its remembered call, and makes room for a new entry unless the policy refuses it.
     */
    private Put admit(long thread) {
        int slot = entries.find(thread);
        if (slot != ThreadTable.NONE) {
            entries.remove(slot);
            stale++;
            return Put.REPLACED;
        }
        missed.remove(thread);
        return entries.isFull() ? makeRoom() : Put.STORED;
    }

    @Override
    public final int peek(long thread, long startNanos, int call, ByteBuffer target) {
        int slot = entries.find(thread);
        if (slot == ThreadTable.NONE) {
            return missed.reason(thread, startNanos, call);
        }
        if (!entries.matches(slot, startNanos, call)) {
            return STALE;
        }
        target.put(bytes, slot * entryBytes, lengths[slot]);
        return lengths[slot];
    }

    @Override
    public final int take(long thread, long startNanos, int call, ByteBuffer target) {
        int slot = entries.find(thread);
        if (slot == ThreadTable.NONE) {
            return missed.recall(thread, startNanos, call);
        }
        if (!entries.matches(slot, startNanos, call)) {
            entries.remove(slot);
            stale++;
            return STALE;
        }
        // The copy comes first: when it fails, the entry stays.
        target.put(bytes, slot * entryBytes, lengths[slot]);
        entries.remove(slot);
        takes++;
        return lengths[slot];
    }

    @Override
    public final boolean discard(long thread) {
        int slot = entries.find(thread);
        if (slot == ThreadTable.NONE) {
            missed.remove(thread);
            return false;
        }
        entries.remove(slot);
        reclaimed++;
        return true;
    }

    @Override
    public final void clear() {
        reclaimed += entries.size();
        entries.clear();
        missed.clear();
    }

    @Override
    public final int capacity() {
        return entries.capacity();
    }

    @Override
    public final int entryBytes() {
        return entryBytes;
    }

    @Override
    public final StashStats stats() {
        return StashStats.builder()
                .puts(puts)
                .takes(takes)
                .evicted(evicted)
                .reclaimed(reclaimed)
                .stale(stale)
                .refused(refused)
                .live(entries.size())
                .capacity(entries.capacity())
                .build();
    }
}
