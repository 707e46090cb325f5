// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.ring.SourceStats;
import java.util.List;
import java.util.Map;

/** Copies of statistics with one changed entry. */
public final class StatsEditor {
    private StatsEditor() {}

    public static SourceStats returned(SourceStats stats, long returned) {
        return new SourceStats(
                returned,
                stats.entered(),
                stats.submitted(),
                stats.lost(),
                stats.filtered(),
                stats.wakeups(),
                stats.ringBytes(),
                stats.stashBytes(),
                stats.stash(),
                stats.copiesMissed(),
                stats.heaviest());
    }

    public static SourceStats entered(SourceStats stats, long entered) {
        return new SourceStats(
                stats.returned(),
                entered,
                stats.submitted(),
                stats.lost(),
                stats.filtered(),
                stats.wakeups(),
                stats.ringBytes(),
                stats.stashBytes(),
                stats.stash(),
                stats.copiesMissed(),
                stats.heaviest());
    }

    public static SourceStats lost(SourceStats stats, Map<LossReason, Long> lost) {
        return new SourceStats(
                stats.returned(),
                stats.entered(),
                stats.submitted(),
                lost,
                stats.filtered(),
                stats.wakeups(),
                stats.ringBytes(),
                stats.stashBytes(),
                stats.stash(),
                stats.copiesMissed(),
                stats.heaviest());
    }

    static SourceStats filtered(SourceStats stats, Map<FilterReason, Long> filtered) {
        return new SourceStats(
                stats.returned(),
                stats.entered(),
                stats.submitted(),
                stats.lost(),
                filtered,
                stats.wakeups(),
                stats.ringBytes(),
                stats.stashBytes(),
                stats.stash(),
                stats.copiesMissed(),
                stats.heaviest());
    }

    public static SourceStats stashBytes(SourceStats stats, long bytes) {
        return new SourceStats(
                stats.returned(),
                stats.entered(),
                stats.submitted(),
                stats.lost(),
                stats.filtered(),
                stats.wakeups(),
                stats.ringBytes(),
                bytes,
                stats.stash(),
                stats.copiesMissed(),
                stats.heaviest());
    }

    public static SourceStats heaviest(SourceStats stats, List<CallerLosses> heaviest) {
        return new SourceStats(
                stats.returned(),
                stats.entered(),
                stats.submitted(),
                stats.lost(),
                stats.filtered(),
                stats.wakeups(),
                stats.ringBytes(),
                stats.stashBytes(),
                stats.stash(),
                stats.copiesMissed(),
                heaviest);
    }

    public static StashStats reclaimed(StashStats stats, long reclaimed) {
        return new StashStats(
                stats.puts(),
                stats.takes(),
                stats.evicted(),
                reclaimed,
                stats.stale(),
                stats.refused(),
                stats.live(),
                stats.capacity());
    }

    public static StashStats evicted(StashStats stats, long evicted, long takes) {
        return new StashStats(
                stats.puts(),
                takes,
                evicted,
                stats.reclaimed(),
                stats.stale(),
                stats.refused(),
                stats.live(),
                stats.capacity());
    }

    public static StashStats capacity(StashStats stats, long capacity) {
        return new StashStats(
                stats.puts(),
                stats.takes(),
                stats.evicted(),
                stats.reclaimed(),
                stats.stale(),
                stats.refused(),
                stats.live(),
                capacity);
    }
}
