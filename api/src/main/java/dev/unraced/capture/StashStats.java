// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/**
 * The statistics of a stash, in entries. At rest, {@code puts = takes + evicted + reclaimed + stale + live}.
 *
 * @param puts entries stored
 * @param takes entries taken by the return of their own call
 * @param evicted entries that an LRU stash evicted for a newer entry
 * @param reclaimed entries whose thread ended before its call returned, or that were left when the capture closed
 * @param stale entries discarded because another call or another thread of the same id found them
 * @param refused calls that a full stash did not store; not part of {@code puts}
 * @param live entries now in the stash
 * @param capacity entries that fit
 */
public record StashStats(
        long puts, long takes, long evicted, long reclaimed, long stale, long refused, long live, long capacity) {

    /** The statistics of a driver that has no stash. */
    public static final StashStats NONE = builder().build();

    /** Returns the stored entries minus those accounted for; 0 at rest (rule R8.2). */
    public long imbalance() {
        return puts - takes - evicted - reclaimed - stale - live;
    }

    /** Returns a builder of statistics in which every number is 0. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that begins with these statistics. */
    public Builder toBuilder() {
        return new Builder()
                .puts(puts)
                .takes(takes)
                .evicted(evicted)
                .reclaimed(reclaimed)
                .stale(stale)
                .refused(refused)
                .live(live)
                .capacity(capacity);
    }

    /** Names each number, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private long puts;
        private long takes;
        private long evicted;
        private long reclaimed;
        private long stale;
        private long refused;
        private long live;
        private long capacity;

        private Builder() {}

        public Builder puts(long value) {
            puts = value;
            return this;
        }

        public Builder takes(long value) {
            takes = value;
            return this;
        }

        public Builder evicted(long value) {
            evicted = value;
            return this;
        }

        public Builder reclaimed(long value) {
            reclaimed = value;
            return this;
        }

        public Builder stale(long value) {
            stale = value;
            return this;
        }

        public Builder refused(long value) {
            refused = value;
            return this;
        }

        public Builder live(long value) {
            live = value;
            return this;
        }

        public Builder capacity(long value) {
            capacity = value;
            return this;
        }

        public StashStats build() {
            return new StashStats(puts, takes, evicted, reclaimed, stale, refused, live, capacity);
        }
    }
}
