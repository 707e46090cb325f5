// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.capture.StashStats;
import dev.unraced.stash.StashPolicy;

/**
 * The result of a stash in a scenario. Its statistics balance, and no call got another call's bytes; otherwise there
 * would be no result. {@code calls = events.returned() + killed + running}.
 *
 * @param policy the behaviour of the stash when full
 * @param entries that fit into the stash
 * @param calls that entered, those of an attack included
 * @param events of calls that returned
 * @param slow those of them whose call took a second or more
 * @param attacked those of them that came after an attack began
 * @param killed calls that never returned because their thread was killed
 * @param running calls under way at the end
 * @param highWater the most entries at any time
 * @param meanLive entries on average
 * @param stats the stash's own statistics, at the end
 */
public record ScaleResult(
        StashPolicy policy,
        int entries,
        long calls,
        EventCounts events,
        EventCounts slow,
        EventCounts attacked,
        long killed,
        long running,
        long highWater,
        double meanLive,
        StashStats stats) {

    /** Returns whether the stash never refused or evicted an entry. */
    public boolean neverFull() {
        return stats.refused() == 0 && stats.evicted() == 0;
    }

    /**
     * Returns the result of a larger stash in the same scenario; valid only for a stash that was {@link #neverFull()}.
     */
    ScaleResult withEntries(int larger) {
        StashStats grown = stats.toBuilder().capacity(larger).build();
        return new ScaleResult(
                policy, larger, calls, events, slow, attacked, killed, running, highWater, meanLive, grown);
    }
}
