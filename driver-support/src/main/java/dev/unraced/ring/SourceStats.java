// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import java.util.List;
import java.util.Map;

/**
 * The statistics of the source of a ring: the producer's half of {@link dev.unraced.capture.CaptureStats}.
 *
 * @param returned watched calls that returned
 * @param entered enter events that the source tried to write into the ring
 * @param submitted records written into the ring
 * @param lost calls and entries lost before the ring
 * @param filtered calls dropped by filters
 * @param wakeups number of times that the source woke the reader
 * @param ringBytes memory of the ring, in bytes
 * @param stashBytes memory of the stash, in bytes
 * @param stash the statistics of the stash
 * @param copiesMissed events under mitigation <em>kernel</em> without the kernel's copy that their calls reached
 * @param heaviest the callers whose events were lost before the ring, the heaviest first
 */
public record SourceStats(
        long returned,
        long entered,
        long submitted,
        Map<LossReason, Long> lost,
        Map<FilterReason, Long> filtered,
        long wakeups,
        long ringBytes,
        long stashBytes,
        StashStats stash,
        long copiesMissed,
        List<CallerLosses> heaviest) {

    public SourceStats {
        heaviest = List.copyOf(heaviest);
    }

    /** Creates the statistics of a source that does not know the callers of its lost events. */
    public SourceStats(
            long returned,
            long entered,
            long submitted,
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
                submitted,
                lost,
                filtered,
                wakeups,
                ringBytes,
                stashBytes,
                stash,
                copiesMissed,
                List.of());
    }

    /** Creates the statistics of a source that counts no missed copies. */
    public SourceStats(
            long returned,
            long entered,
            long submitted,
            Map<LossReason, Long> lost,
            Map<FilterReason, Long> filtered,
            long wakeups,
            long ringBytes,
            long stashBytes,
            StashStats stash) {
        this(returned, entered, submitted, lost, filtered, wakeups, ringBytes, stashBytes, stash, 0);
    }

    /** Creates the statistics of a source without enter events. */
    public SourceStats(
            long returned,
            long submitted,
            Map<LossReason, Long> lost,
            Map<FilterReason, Long> filtered,
            long wakeups,
            long ringBytes,
            long stashBytes,
            StashStats stash) {
        this(returned, 0, submitted, lost, filtered, wakeups, ringBytes, stashBytes, stash);
    }
}
