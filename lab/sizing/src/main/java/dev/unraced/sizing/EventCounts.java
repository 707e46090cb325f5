// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

/**
 * Events by the answer of the stash when their call returned.
 *
 * @param complete with the arguments of their enter
 * @param refused without, because the stash was full when the call entered
 * @param evicted without, because the stash gave the entry up for a newer one
 * @param missing without, and the stash does not know why
 * @param stale without, because the thread's entry belonged to another call
 */
public record EventCounts(long complete, long refused, long evicted, long missing, long stale) {

    /** The number of events without their enter. */
    public long lost() {
        return refused + evicted + missing + stale;
    }

    /** The number of all events: calls that returned. */
    public long returned() {
        return complete + lost();
    }

    /** The share of events without their enter, 0 to 1; 0 when there are no events. */
    public double loss() {
        return returned() == 0 ? 0 : (double) lost() / returned();
    }

    EventCounts minus(EventCounts other) {
        return new EventCounts(
                complete - other.complete,
                refused - other.refused,
                evicted - other.evicted,
                missing - other.missing,
                stale - other.stale);
    }
}
