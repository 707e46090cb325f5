// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/**
 * A stash that evicts its oldest entry when it is full: calls that block for long, or whose return was missed, give way
 * to new calls. An entry is used once, so the least recently used entry is the least recently put.
 *
 * <p>Not thread-safe. Remembers as many evicted calls as it has entries, and 1,024 at least.
 */
final class LruArgStash extends BoundedArgStash {

    /**
     * Creates an empty stash.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    LruArgStash(int capacity, int entryBytes) {
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
