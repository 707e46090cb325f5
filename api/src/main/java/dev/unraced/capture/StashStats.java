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
    public static final StashStats NONE = new StashStats(0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns the stored entries minus those accounted for; 0 at rest. */
    public long imbalance() {
        return puts - takes - evicted - reclaimed - stale - live;
    }
}
