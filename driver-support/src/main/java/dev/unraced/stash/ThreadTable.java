// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import java.util.Arrays;

/**
 * A bounded map from a thread's key to a slot, 0 to capacity - 1, that remembers the order of arrival. Each slot holds
 * the start time and the call that belong to the key; the user keeps all other data in separate arrays.
 *
 * <p>It uses open addressing with linear probing, is at most half full, and deletes by shifting back, so that a table
 * never degrades. Allocates only in its constructor, some 40 bytes per slot. Not thread-safe.
 */
final class ThreadTable {
    /** The value that stands for no slot. */
    static final int NONE = -1;

    /** The largest capacity; twice as many buckets are the largest array of a power of two. */
    static final int MAX_CAPACITY = 1 << 29;

    private final long seed;
    private final int mask;
    /** The slot of each bucket plus one, 0 when the bucket is free. */
    private final int[] buckets;

    private final long[] threads;
    private final long[] starts;
    private final int[] calls;
    /** The neighbours of each used slot in order of arrival; {@code newer} also chains the free slots. */
    private final int[] older;

    private final int[] newer;
    private int oldest;
    private int newest;
    private int free;
    private int size;
    /** The bucket where the last search ended, which the next removal most often needs. */
    private int lastBucket;

    /**
     * Creates a table without entries.
     *
     * @param capacity 1 to {@link #MAX_CAPACITY}
     * @param seed decides which keys collide; with a secret seed, an attacker cannot choose thread ids that slow the
     *     table down
     */
    ThreadTable(int capacity, long seed) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity must be 1 to " + MAX_CAPACITY + ": " + capacity);
        }
        this.seed = seed;
        buckets = new int[Integer.highestOneBit(2 * capacity - 1) << 1];
        mask = buckets.length - 1;
        threads = new long[capacity];
        starts = new long[capacity];
        calls = new int[capacity];
        older = new int[capacity];
        newer = new int[capacity];
        clear();
    }

    int capacity() {
        return threads.length;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == threads.length;
    }

    /** Returns the slot of the entry that arrived first, or {@link #NONE}. */
    int oldest() {
        return oldest;
    }

    /** Returns the slot of a thread, or {@link #NONE}. */
    int find(long thread) {
        if (size == 0) {
            return NONE;
        }
        for (int at = home(thread); buckets[at] != 0; at = next(at)) {
            int slot = buckets[at] - 1;
            if (threads[slot] == thread) {
                lastBucket = at;
                return slot;
            }
        }
        return NONE;
    }

    /** Returns whether the entry in a slot belongs to this start time and call. */
    boolean matches(int slot, long startNanos, int call) {
        return starts[slot] == startNanos && calls[slot] == call;
    }

    long thread(int slot) {
        return threads[slot];
    }

    long startNanos(int slot) {
        return starts[slot];
    }

    int call(int slot) {
        return calls[slot];
    }

    /** Adds an entry as the newest; the table must not be full, nor hold the thread already. */
    int add(long thread, long startNanos, int call) {
        int slot = free;
        free = newer[slot];
        threads[slot] = thread;
        starts[slot] = startNanos;
        calls[slot] = call;
        append(slot);
        int at = home(thread);
        while (buckets[at] != 0) {
            at = next(at);
        }
        buckets[at] = slot + 1;
        size++;
        return slot;
    }

    /** Removes the entry in a slot; the next added entry gets the same slot. */
    void remove(int slot) {
        vacate(bucketOf(slot));
        unlink(slot);
        newer[slot] = free;
        free = slot;
        size--;
    }

    /** Removes every entry; takes time in proportion to the capacity. */
    void clear() {
        Arrays.fill(buckets, 0);
        for (int slot = 0; slot < newer.length; slot++) {
            newer[slot] = slot + 1;
        }
        newer[newer.length - 1] = NONE;
        free = 0;
        oldest = NONE;
        newest = NONE;
        size = 0;
    }

    /** Mixes a key with the finalizer of MurmurHash3: every bit of the key affects every bit of the result. */
    static int hash(long key) {
        long h = key;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) (h ^ (h >>> 33));
    }

    private int home(long thread) {
        return hash(thread ^ seed) & mask;
    }

    private int next(int bucket) {
        return (bucket + 1) & mask;
    }

    private int bucketOf(int slot) {
        if (buckets[lastBucket] == slot + 1) {
            return lastBucket;
        }
        int at = home(threads[slot]);
        while (buckets[at] != slot + 1) {
            at = next(at);
        }
        return at;
    }

    /** Empties a bucket, and closes the gap so that no probe for a later entry ends there. */
    private void vacate(int bucket) {
        int hole = bucket;
        for (int at = next(hole); buckets[at] != 0; at = next(at)) {
            int fromHome = (at - home(threads[buckets[at] - 1])) & mask;
            int fromHole = (at - hole) & mask;
            if (fromHome >= fromHole) {
                buckets[hole] = buckets[at];
                hole = at;
            }
        }
        buckets[hole] = 0;
    }

    private void append(int slot) {
        older[slot] = newest;
        newer[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newer[newest] = slot;
        }
        newest = slot;
    }

    private void unlink(int slot) {
        if (older[slot] == NONE) {
            oldest = newer[slot];
        } else {
            newer[older[slot]] = newer[slot];
        }
        if (newer[slot] == NONE) {
            newest = older[slot];
        } else {
            older[newer[slot]] = older[slot];
        }
    }
}
