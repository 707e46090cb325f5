// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/**
 * A stash that evicts its oldest entry when it is full: calls that block for long, or whose return was missed, give way
 * to new ones. An entry is used once, so the least recently used is the least recently put.
 *
 * <p>Thread-safe: one lock guards the whole stash, so that several threads may read from a source and share it. Books
 * read by {@link #stats()} balance at any time. Remembers as many evicted calls as it has entries, and 1,024 at least.
 */
public final class LruArgStash extends BoundedArgStash {

    /**
     * An empty stash.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public LruArgStash(int capacity, int entryBytes) {
        super(capacity, entryBytes);
    }

    LruArgStash(int capacity, int entryBytes, long seed) {
        super(capacity, entryBytes, seed);
    }

    @Override
    Put makeRoom() {
        evictOldest();
        return Put.EVICTED;
    }
}
