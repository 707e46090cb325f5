// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;

/** Reads {@code struct unraced_stats}. */
final class StashStatsReader {
    private StashStatsReader() {}

    /** Returns the counters as statistics; the module's stash refuses nothing. */
    static StashStats of(ByteBuffer stats) {
        return new StashStats(
                stats.getLong(DeviceLayout.STATS_PUTS),
                stats.getLong(DeviceLayout.STATS_TAKES),
                stats.getLong(DeviceLayout.STATS_EVICTED),
                stats.getLong(DeviceLayout.STATS_RECLAIMED),
                stats.getLong(DeviceLayout.STATS_STALE),
                0,
                stats.getLong(DeviceLayout.STATS_LIVE),
                stats.getLong(DeviceLayout.STATS_CAPACITY));
    }
}
