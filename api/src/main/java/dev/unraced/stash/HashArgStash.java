// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/**
 * A stash that refuses newcomers when it is full: calls that already run keep their arguments, however many threads an
 * attacker starts.
 *
 * <p>Thread-safe: one lock guards the whole stash, so that several threads may read from a source and share it. Books
 * read by {@link #stats()} balance at any time. Remembers as many refused calls as it has entries, and 1,024 at least.
 */
public final class HashArgStash extends BoundedArgStash {

    /**
     * An empty stash.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public HashArgStash(int capacity, int entryBytes) {
        super(capacity, entryBytes);
    }

    HashArgStash(int capacity, int entryBytes, long seed) {
        super(capacity, entryBytes, seed);
    }

    @Override
    Put makeRoom() {
        return Put.REFUSED;
    }
}
