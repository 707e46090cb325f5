// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/** What a full stash does with a newcomer. */
public enum StashPolicy {
    /** Refuses it: calls that already run keep their arguments, however many threads an attacker starts. */
    HASH {
        @Override
        public ArgStash newConfinedStash(int capacity, int entryBytes) {
            return new HashArgStash(capacity, entryBytes);
        }
    },

    /** Evicts the oldest entry for it: calls that block for long, or whose return was missed, give way to new ones. */
    LRU {
        @Override
        public ArgStash newConfinedStash(int capacity, int entryBytes) {
            return new LruArgStash(capacity, entryBytes);
        }
    };

    /**
     * A stash in ordinary memory that follows this policy. Thread-safe: one lock guards the whole of it, so that
     * several threads may read from a source and share it. Its books balance at any time. It remembers as many calls
     * that it refused or evicted as it has entries, and 1,024 at least.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public final ArgStash newStash(int capacity, int entryBytes) {
        return new LockedArgStash(newConfinedStash(capacity, entryBytes));
    }

    /**
     * As {@link #newStash}, but without a lock, for a source whose calls come one at a time: from one thread, or under
     * a lock of the source's own.
     *
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public abstract ArgStash newConfinedStash(int capacity, int entryBytes);
}
