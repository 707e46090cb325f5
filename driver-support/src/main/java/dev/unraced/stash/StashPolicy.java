// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

/** The policies of a full stash for a new call. */
public enum StashPolicy {
    /**
     * The stash refuses the new call: calls that already run keep their arguments, however many threads an attacker
     * starts.
     */
    HASH {
        @Override
        public ArgStash newConfinedStash(int capacity, int entryBytes) {
            return new HashArgStash(capacity, entryBytes);
        }
    },

    /**
     * The stash evicts the oldest entry: calls that block for long, or whose return was missed, give way to new calls.
     */
    LRU {
        @Override
        public ArgStash newConfinedStash(int capacity, int entryBytes) {
            return new LruArgStash(capacity, entryBytes);
        }
    };

    /**
     * Creates a stash in ordinary memory that follows this policy. Thread-safe: one lock guards the whole stash, so
     * that several threads may read from a source and share it. Its statistics balance at any time. It remembers as
     * many refused or evicted calls as it has entries, and 1,024 at least.
     *
     * @param capacity entries that fit, at least 1
     * @param entryBytes bytes that fit into an entry, at least 1
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public final ArgStash newStash(int capacity, int entryBytes) {
        return new LockedArgStash(newConfinedStash(capacity, entryBytes));
    }

    /**
     * Creates a stash as {@link #newStash} does, but without a lock. It suits a source whose calls come one at a time:
     * from one thread, or under a lock of the source.
     *
     * @throws IllegalArgumentException when either is too small, or both together exceed 2 GiB
     */
    public abstract ArgStash newConfinedStash(int capacity, int entryBytes);
}
