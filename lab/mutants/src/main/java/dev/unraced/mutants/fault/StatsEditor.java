// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.driver.CallerLosses;
import dev.unraced.driver.FilterReason;
import dev.unraced.driver.LossReason;
import dev.unraced.driver.StashStats;
import dev.unraced.ring.SourceBooks;
import java.util.List;
import java.util.Map;

/** Copies of books with one changed entry. */
public final class StatsEditor {
    private StatsEditor() {}

    public static SourceBooks returned(SourceBooks books, long returned) {
        return new SourceBooks(
                returned,
                books.entered(),
                books.submitted(),
                books.lost(),
                books.filtered(),
                books.wakeups(),
                books.ringBytes(),
                books.stashBytes(),
                books.stash(),
                books.copiesMissed(),
                books.heaviest());
    }

    public static SourceBooks entered(SourceBooks books, long entered) {
        return new SourceBooks(
                books.returned(),
                entered,
                books.submitted(),
                books.lost(),
                books.filtered(),
                books.wakeups(),
                books.ringBytes(),
                books.stashBytes(),
                books.stash(),
                books.copiesMissed(),
                books.heaviest());
    }

    public static SourceBooks lost(SourceBooks books, Map<LossReason, Long> lost) {
        return new SourceBooks(
                books.returned(),
                books.entered(),
                books.submitted(),
                lost,
                books.filtered(),
                books.wakeups(),
                books.ringBytes(),
                books.stashBytes(),
                books.stash(),
                books.copiesMissed(),
                books.heaviest());
    }

    static SourceBooks filtered(SourceBooks books, Map<FilterReason, Long> filtered) {
        return new SourceBooks(
                books.returned(),
                books.entered(),
                books.submitted(),
                books.lost(),
                filtered,
                books.wakeups(),
                books.ringBytes(),
                books.stashBytes(),
                books.stash(),
                books.copiesMissed(),
                books.heaviest());
    }

    public static SourceBooks stashBytes(SourceBooks books, long bytes) {
        return new SourceBooks(
                books.returned(),
                books.entered(),
                books.submitted(),
                books.lost(),
                books.filtered(),
                books.wakeups(),
                books.ringBytes(),
                bytes,
                books.stash(),
                books.copiesMissed(),
                books.heaviest());
    }

    public static SourceBooks heaviest(SourceBooks books, List<CallerLosses> heaviest) {
        return new SourceBooks(
                books.returned(),
                books.entered(),
                books.submitted(),
                books.lost(),
                books.filtered(),
                books.wakeups(),
                books.ringBytes(),
                books.stashBytes(),
                books.stash(),
                books.copiesMissed(),
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
