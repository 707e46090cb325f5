// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.stash.StashStats;
import java.util.List;
import java.util.Map;

/**
 * The books of a capture, in calls and their entries unless noted. At rest, {@code returned + entered = delivered +
 * pending + all lost + all filtered}. While calls run the counters are read one after the other, and the sum may be off
 * by those in flight.
 *
 * @param returned watched calls that returned since the capture opened
 * @param entered enter events made since then; the filters let them pass
 * @param delivered events handed to the handler
 * @param pending events that wait in a ring or a queue
 * @param lost calls, and entries, that should have become events, by reason; reasons that never occurred are absent
 * @param filtered calls left out on purpose, by reason; reasons that never occurred are absent
 * @param wakeups how often the source woke the reader
 * @param ringBytes memory of the rings, in bytes
 * @param stashBytes memory of the stash, in bytes
 * @param stash the books of the stash
 * @param copiesMissed calls that came to the kernel's copy of their argument under mitigation <em>kernel</em>, of which
 *     an event was made without that copy: it says provenance ENTER. No loss. Counted by the driver <em>ebpf</em>, 0 of
 *     others
 * @param heaviest whose events the source lost, the heaviest first, at most {@value CallerLosses#MOST}; empty of
 *     drivers without {@link dev.unraced.event.Feature#LOSSES_BY_CALLER}
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

    /** The books of a capture that does not know whose events it lost. */
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

    /** The books of a capture that counts no missed copies. */
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

    /** All losses together. */
    public long totalLost() {
        return lost.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events that the source lost: for the reasons RING_FULL and RATE_LIMITED, which are also counted by caller. */
    public long lostAtSource() {
        return lost.getOrDefault(LossReason.RING_FULL, 0L) + lost.getOrDefault(LossReason.RATE_LIMITED, 0L);
    }

    /** Of {@link #lostAtSource}, those of callers that {@link #heaviest} does not name. */
    public long lostByOthers() {
        long named = heaviest.stream().mapToLong(CallerLosses::lost).sum();
        return Math.max(0, lostAtSource() - named);
    }

    /** All filtered calls together. */
    public long totalFiltered() {
        return filtered.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Calls that returned and entries, less those accounted for; 0 at rest. */
    public long imbalance() {
        return returned + entered - delivered - pending - totalLost() - totalFiltered();
    }
}
