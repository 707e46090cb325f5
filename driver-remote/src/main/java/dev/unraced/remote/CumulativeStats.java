// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.Gap;
import dev.unraced.capture.LossReason;
import dev.unraced.protocol.StatsCodec;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.ring.SourceStats;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The statistics of a subscription over all the captures that it has seen. When a server starts again, the counts of
 * the last capture stay, and its calls that never arrived count as a loss. Not thread-safe.
 */
final class CumulativeStats {
    private static final int MOST_GAPS = 1_000;

    /** The connection to the server that sent the current statistics is in one of these states. */
    enum Connection {
        /** The server sends events and statistics, or has sent the last ones. */
        THERE,
        /** The connection is being made again, and the server may still have the events that were under way. */
        CUT,
        /** The connection is not made again, and the server has not sent its last statistics. */
        GONE
    }

    private long returned;
    private long entered;
    private long processEvents;
    private long submitted;
    private final Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
    private final Map<FilterReason, Long> filtered = new EnumMap<>(FilterReason.class);
    private final List<Gap> gaps = new ArrayList<>();
    private List<CallerLosses> heaviest = List.of();
    private long restarts;

    /**
     * Adds the statistics of a capture that is gone.
     *
     * @param last the last statistics from its server
     * @param arrived its records that arrived here
     * @param next the first statistics from the next server
     * @return the time that neither covers
     */
    Gap fold(Stats last, long arrived, Stats next) {
        SourceStats known = known(last, arrived);
        returned += known.returned();
        entered += known.entered();
        processEvents += known.processEvents();
        submitted += arrived;
        known.lost().forEach((reason, count) -> lost.merge(reason, count, Long::sum));
        known.filtered().forEach((reason, count) -> filtered.merge(reason, count, Long::sum));
        heaviest = add(heaviest, known.heaviest());
        long missing = StatsCodec.expected(last) - arrived;
        if (missing > 0) {
            lost.merge(LossReason.SOURCE_DROPPED, missing, Long::sum);
        }
        restarts++;
        // CLOCK_BOOTTIME starts again with the machine. A time before that is no time.
        long end = Math.max(0, next.getTimeNs());
        long begin = Math.max(0, last.getTimeNs());
        Gap gap = new Gap(begin <= end ? begin : 0, end);
        if (gaps.size() == MOST_GAPS) {
            gaps.set(
                    1,
                    new Gap(
                            gaps.get(0).fromNanos(),
                            Math.max(gaps.get(0).toNanos(), gaps.get(1).toNanos())));
            gaps.remove(0);
        }
        gaps.add(gap);
        return gap;
    }

    /** Returns the times that the statistics do not cover. */
    List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** Returns how often a server has started again. */
    long restarts() {
        return restarts;
    }

    /**
     * Returns the sum of all statistics.
     *
     * @param current the statistics of the current capture
     * @param arrived its records that arrived here
     * @param malformed records, of all captures, that could not be written into the ring
     * @param link whether more of its records can arrive: until then, those under way are pending, and then lost
     */
    SourceStats total(Stats current, long arrived, long malformed, Connection link) {
        SourceStats now = known(current, arrived);
        long underWay = Math.max(0, StatsCodec.expected(current) - arrived);
        long submittedNow = switch (link) {
            case THERE -> now.submitted();
            case CUT -> arrived + underWay;
            case GONE -> arrived;
        };
        Map<LossReason, Long> allLost = new EnumMap<>(LossReason.class);
        allLost.putAll(lost);
        now.lost().forEach((reason, count) -> allLost.merge(reason, count, Long::sum));
        if (link == Connection.GONE && underWay > 0) {
            allLost.merge(LossReason.SOURCE_DROPPED, underWay, Long::sum);
        }
        if (malformed > 0) {
            allLost.merge(LossReason.MALFORMED, malformed, Long::sum);
        }
        Map<FilterReason, Long> allFiltered = new EnumMap<>(FilterReason.class);
        allFiltered.putAll(filtered);
        now.filtered().forEach((reason, count) -> allFiltered.merge(reason, count, Long::sum));
        return SourceStats.builder()
                .returned(returned + now.returned())
                .entered(entered + now.entered())
                .processEvents(processEvents + now.processEvents())
                .submitted(submitted + submittedNow - malformed)
                .lost(allLost)
                .filtered(allFiltered)
                .wakeups(now.wakeups())
                .ringBytes(now.ringBytes())
                .stashBytes(now.stashBytes())
                .stash(now.stash())
                .copiesMissed(now.copiesMissed())
                .heaviest(add(heaviest, now.heaviest()))
                .build();
    }

    /** Completes a server's statistics: records that arrived beyond their count had returned before. */
    private static SourceStats known(Stats stats, long arrived) {
        // The submitted count would not do: a call between return and ring is in the statistics, and arrives later.
        long expected = StatsCodec.expected(stats);
        return SourceStats.builder()
                .returned(stats.getReturned() + Math.max(0, arrived - expected))
                .entered(stats.getEntered())
                .processEvents(stats.getProcessEvents())
                .submitted(Math.max(stats.getSubmitted(), arrived))
                .lost(StatsCodec.losses(stats.getLostMap()))
                .filtered(StatsCodec.filtered(stats.getFilteredMap()))
                .wakeups(stats.getWakeups())
                .ringBytes(stats.getRingBytes())
                .stashBytes(stats.getStashBytes())
                .stash(StatsCodec.decode(stats.getStash()))
                .copiesMissed(stats.getCopiesMissed())
                .heaviest(StatsCodec.callers(stats.getHeaviestList()))
                .build();
    }

    private static List<CallerLosses> add(List<CallerLosses> some, List<CallerLosses> others) {
        List<CallerLosses> all = new ArrayList<>(some);
        all.addAll(others);
        return CallerLosses.heaviest(all);
    }
}
