// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.Gap;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.process.ProcessTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The statistics of a capture, in words. */
public final class StatsText {
    private StatsText() {}

    /** Returns a line for a running capture. */
    public static String status(CaptureStats stats, long filteredHere, long perSecond) {
        return perSecond + "/s, " + stats.delivered() + " delivered, " + lost(stats) + ", " + filtered(stats)
                + hidden(filteredHere);
    }

    /** Returns the numbers of events that were printed and hidden. */
    public static String printed(long printed, long filteredHere) {
        return printed + " printed" + hidden(filteredHere);
    }

    /** Returns a line for the end of a capture. */
    public static String summary(String output, String driver, CaptureStats stats) {
        return "unraced: " + output + "; driver " + driver + ": "
                + stats.returned() + " returned, "
                + (stats.entered() == 0 ? "" : stats.entered() + " entered, ")
                + (stats.processEvents() == 0 ? "" : stats.processEvents() + " process events, ")
                + stats.delivered() + " delivered, "
                + (stats.pending() == 0 ? "" : stats.pending() + " left unread, ")
                + lost(stats) + ", " + filtered(stats) + ", "
                + (stats.imbalance() == 0 ? "balanced" : "off balance by " + stats.imbalance());
    }

    /** Returns a line about the times without statistics; empty when there were none. */
    public static String gaps(List<Gap> gaps) {
        if (gaps.isEmpty()) {
            return "";
        }
        double seconds = gaps.stream().mapToLong(Gap::nanos).sum() / 1e9;
        return String.format(
                Locale.ROOT,
                "unraced: the statistics do not cover %d %s of %.3f s in all: the server was gone or out of reach",
                gaps.size(),
                gaps.size() == 1 ? "gap" : "gaps",
                seconds);
    }

    /**
     * Returns the callers whose events the source lost, a line each, the heaviest first; empty when it does not know.
     */
    public static String losers(CaptureStats stats) {
        if (stats.heaviest().isEmpty()) {
            return "";
        }
        String named = stats.heaviest().stream()
                .map(each -> "  user " + each.uid() + ", cgroup " + each.cgroupId() + ": " + each.lost())
                .collect(Collectors.joining("\n", "unraced: whose events the source lost:\n", ""));
        return named + (stats.lostByOthers() == 0 ? "" : "\n  others: " + stats.lostByOthers());
    }

    /** Returns the rest of the statistics, on several lines. */
    public static String details(CaptureStats stats) {
        StashStats stash = stats.stash();
        return (stats.copiesMissed() == 0 ? "" : "  " + stats.copiesMissed() + " without the kernel's copy\n")
                + "  wake-ups " + stats.wakeups() + ", rings " + stats.ringBytes() + " bytes, stash "
                + stats.stashBytes() + " bytes\n"
                + "  stash: " + stash.puts() + " put, " + stash.takes() + " taken, " + stash.evicted()
                + " evicted, " + stash.reclaimed() + " reclaimed, " + stash.stale() + " stale, "
                + stash.live() + " live of " + stash.capacity() + "; " + stash.refused() + " refused; "
                + (stash.imbalance() == 0 ? "balanced" : "off balance by " + stash.imbalance());
    }

    /**
     * Returns a line about a table of processes; empty where it has given up nothing that may be missed.
     *
     * @param whose begins the line
     */
    public static String processes(String whose, ProcessTable table) {
        return table.evicted() + table.shortened() + table.refused() + table.evictedCgroups() == 0
                ? ""
                : whose + ": " + processCounts(table);
    }

    /** Returns the counts of a table of processes. */
    public static String processCounts(ProcessTable table) {
        return "processes: " + table.known() + " known, " + table.forgotten() + " forgotten after their end, "
                + table.evicted() + " given up for others, " + table.shortened() + " kept short, "
                + table.refused() + " refused; " + table.evictedCgroups() + " cgroups given up";
    }

    /** Returns a line about the processes of which a server no longer tells new subscribers; empty for none. */
    public static String untold(long forgotten) {
        return forgotten == 0
                ? ""
                : "unraced: of " + forgotten + " processes that may live no later subscriber was told; more than the"
                        + " server keeps were there";
    }

    private static String lost(CaptureStats stats) {
        // Events that were unread at the stop are not events that the capture failed to keep.
        Map<LossReason, Long> losses = new TreeMap<>(stats.lost());
        Long closed = losses.remove(LossReason.CLOSED);
        long unread = closed == null ? 0 : closed;
        return (stats.totalLost() - unread) + " lost" + reasons(losses)
                + (unread == 0 ? "" : ", " + unread + " left unread at the stop");
    }

    private static String filtered(CaptureStats stats) {
        return stats.totalFiltered() + " filtered" + reasons(stats.filtered());
    }

    private static String hidden(long filteredHere) {
        return filteredHere == 0 ? "" : ", " + filteredHere + " not printed";
    }

    private static <R extends Enum<R>> String reasons(Map<R, Long> counts) {
        return counts.isEmpty()
                ? ""
                : new TreeMap<>(counts)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", ", " (", ")"));
    }
}
