// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.StashStats;
import java.nio.ByteBuffer;

/** Reads {@code struct unraced_stats}. */
final class StashStatsReader {
    private StashStatsReader() {}

    /** Returns the counters as statistics; the module's stash refuses nothing. */
    static StashStats of(ByteBuffer stats) {
        return StashStats.builder()
                .puts(stats.getLong(DeviceLayout.STATS_PUTS))
                .takes(stats.getLong(DeviceLayout.STATS_TAKES))
                .evicted(stats.getLong(DeviceLayout.STATS_EVICTED))
                .reclaimed(stats.getLong(DeviceLayout.STATS_RECLAIMED))
                .stale(stats.getLong(DeviceLayout.STATS_STALE))
                .live(stats.getLong(DeviceLayout.STATS_LIVE))
                .capacity(stats.getLong(DeviceLayout.STATS_CAPACITY))
                .build();
    }
}
