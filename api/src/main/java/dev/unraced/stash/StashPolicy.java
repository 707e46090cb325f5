// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/** What a full stash does with a newcomer. */
public enum StashPolicy {
    /** Refuses it. */
    HASH {
        @Override
        public ArgStash newStash(int capacity, int entryBytes) {
            return new HashArgStash(capacity, entryBytes);
        }
    },

    /** Evicts the oldest entry for it. */
    LRU {
        @Override
        public ArgStash newStash(int capacity, int entryBytes) {
            return new LruArgStash(capacity, entryBytes);
        }
    };

    /**
     * A thread-safe stash in ordinary memory that follows this policy.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public abstract ArgStash newStash(int capacity, int entryBytes);
}
