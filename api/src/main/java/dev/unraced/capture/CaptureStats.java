// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import java.util.List;
import java.util.Map;

/**
 * The statistics of a capture, in calls and their entries unless noted. At rest, {@code returned + entered = delivered
 * + pending + all lost + all filtered}. While calls run, the counters are read one after the other, and the sum may be
 * off by the calls in progress.
 *
 * @param returned watched calls that returned since the capture opened
 * @param entered enter events made since then, which passed the filters
 * @param delivered events handed to the handler
 * @param pending events that wait in a ring or a queue
 * @param lost calls and entries that should have become events, by reason; absent reasons never occurred
 * @param filtered calls dropped by filters, by reason; absent reasons never occurred
 * @param wakeups number of times that the source woke the reader
 * @param ringBytes memory of the rings, in bytes
 * @param stashBytes memory of the stash, in bytes
 * @param stash the statistics of the stash
 * @param copiesMissed calls under mitigation <em>kernel</em> that reached the kernel's copy of their argument, but
 *     whose event has provenance ENTER. They are not losses. Only the driver <em>ebpf</em> counts them; others report 0
 * @param heaviest the callers whose events the source lost, the heaviest first, at most {@value CallerLosses#MOST};
 *     empty for drivers without {@link dev.unraced.event.Feature#LOSSES_BY_CALLER}
 */
public record CaptureStats(
        long returned,
        long entered,
        long delivered,
        long pending,
        Map<LossReason, Long> lost,
        Map<FilterReason, Long> filtered,
        long wakeups,
        long ringBytes,
        long stashBytes,
        StashStats stash,
        long copiesMissed,
        List<CallerLosses> heaviest) {

    public CaptureStats {
        lost = Map.copyOf(lost);
        filtered = Map.copyOf(filtered);
        heaviest = List.copyOf(heaviest);
    }

    /** Creates the statistics of a capture that does not know the callers of its lost events. */
    public CaptureStats(
            long returned,
            long entered,
            long delivered,
            long pending,
            Map<LossReason, Long> lost,
            Map<FilterReason, Long> filtered,
            long wakeups,
            long ringBytes,
            long stashBytes,
            StashStats stash,
            long copiesMissed) {
        this(
                returned,
                entered,
                delivered,
                pending,
                lost,
                filtered,
                wakeups,
                ringBytes,
                stashBytes,
                stash,
                copiesMissed,
                List.of());
    }

    /** Creates the statistics of a capture that counts no missed copies. */
    public CaptureStats(
            long returned,
            long entered,
            long delivered,
            long pending,
            Map<LossReason, Long> lost,
            Map<FilterReason, Long> filtered,
            long wakeups,
            long ringBytes,
            long stashBytes,
            StashStats stash) {
        this(returned, entered, delivered, pending, lost, filtered, wakeups, ringBytes, stashBytes, stash, 0);
    }

    /** Returns the sum of all losses. */
    public long totalLost() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Returns the events that the source lost for the reasons RING_FULL and RATE_LIMITED, which it also counts by
     * caller.
     */
    public long lostAtSource() {
        return lost.getOrDefault(LossReason.RING_FULL, 0L) + lost.getOrDefault(LossReason.RATE_LIMITED, 0L);
    }

    /** Returns the part of {@link #lostAtSource} that belongs to callers missing in {@link #heaviest}. */
    public long lostByOthers() {
        long named = heaviest.stream().mapToLong(CallerLosses::lost).sum();
        return Math.max(0, lostAtSource() - named);
    }

    /** Returns the sum of all filtered calls. */
    public long totalFiltered() {
        return filtered.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the calls that returned and the entries, minus those accounted for; 0 at rest. */
    public long imbalance() {
        return returned + entered - delivered - pending - totalLost() - totalFiltered();
    }
}
