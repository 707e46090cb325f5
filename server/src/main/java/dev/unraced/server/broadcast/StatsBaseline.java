// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Stats;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The numbers that a capture had when a subscription began. A subscription reports what the capture counted since then.
 * A resume token carries the baseline, so a subscription that continues keeps it. Immutable.
 */
final class StatsBaseline {
    /** The baseline of a subscription that begins with its capture. */
    static final StatsBaseline ZERO = new StatsBaseline(Stats.getDefaultInstance());

    private final Stats message;
    private final Map<LossReason, Long> lost;
    private final Map<FilterReason, Long> filtered;
    private final List<CallerLosses> heaviest;

    private StatsBaseline(Stats message) {
        this.message = message;
        this.lost = StatsCodec.losses(message.getLostMap());
        this.filtered = StatsCodec.filtered(message.getFilteredMap());
        this.heaviest = StatsCodec.callers(message.getHeaviestList());
    }

    /**
     * Returns the baseline of a subscription that begins now.
     *
     * @param processEvents the process events that the capture has handed over
     */
    static StatsBaseline of(CaptureStats stats, long processEvents) {
        // Pending events will be delivered to this subscriber, too.
        long processes =
                stats.processEvents() - Math.min(stats.pending(), Math.max(0, stats.processEvents() - processEvents));
        long calls = stats.delivered() + stats.totalLost() + stats.totalFiltered() - stats.entered() - processes;
        return new StatsBaseline(Stats.newBuilder()
                .setReturned(calls)
                .setEntered(stats.entered())
                .setProcessEvents(processes)
                .putAllLost(StatsCodec.encode(stats.lost()))
                .putAllFiltered(StatsCodec.encode(stats.filtered()))
                .addAllHeaviest(StatsCodec.encode(stats.heaviest()))
                .build());
    }

    /** Returns the baseline that a resume token carries. */
    static StatsBaseline of(Stats message) {
        return new StatsBaseline(message);
    }

    /** Returns the baseline for a resume token. */
    Stats message() {
        return message;
    }

    /** Returns the calls that had returned and were not pending. */
    long calls() {
        return message.getReturned();
    }

    /** Returns the enter events until then. */
    long enterEvents() {
        return message.getEntered();
    }

    /** Returns the process events that were not pending. */
    long processEvents() {
        return message.getProcessEvents();
    }

    /** Adds what a capture has lost and filtered since then, and whose events it lost. */
    void addSince(CaptureStats stats, Stats.Builder to) {
        stats.lost().forEach((reason, count) -> {
            long since = count - Objects.requireNonNull(lost.getOrDefault(reason, 0L));
            if (since > 0) {
                to.putLost(reason.name(), since);
            }
        });
        stats.filtered().forEach((reason, count) -> {
            long since = count - Objects.requireNonNull(filtered.getOrDefault(reason, 0L));
            if (since > 0) {
                to.putFiltered(reason.name(), to.getFilteredOrDefault(reason.name(), 0) + since);
            }
        });
        to.addAllHeaviest(StatsCodec.encode(CallerLosses.since(heaviest, stats.heaviest())));
    }
}
