// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/**
 * A stash that refuses new calls when it is full: calls that already run keep their arguments, however many threads an
 * attacker starts.
 *
 * <p>Not thread-safe. Remembers as many refused calls as it has entries, and 1,024 at least.
 */
final class HashArgStash extends BoundedArgStash {

    /**
     * Creates an empty stash.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    HashArgStash(int capacity, int entryBytes) {
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
