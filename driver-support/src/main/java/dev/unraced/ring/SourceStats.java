// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The statistics of the source of a ring: the producer's half of {@link dev.unraced.capture.CaptureStats}.
 *
 * @param returned watched calls that returned
 * @param entered enter events that the source tried to write into the ring
 * @param processEvents process events that the source tried to write into the ring
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
        long processEvents,
        long submitted,
        Map<LossReason, Long> lost,
        Map<FilterReason, Long> filtered,
        long wakeups,
        long ringBytes,
        long stashBytes,
        StashStats stash,
        long copiesMissed,
        List<CallerLosses> heaviest) {

    private static final int MAX_READS = 4;

    public SourceStats {
        heaviest = List.copyOf(heaviest);
    }

    /**
     * Returns statistics that were read while no call returned or entered, so that they balance (R8.1). On a busy
     * machine it gives up after {@value #MAX_READS} readings, and returns the last.
     *
     * @param read reads the counters one after the other
     */
    public static SourceStats atRest(Supplier<SourceStats> read) {
        SourceStats stats = read.get();
        for (int attempt = 1; attempt < MAX_READS; attempt++) {
            SourceStats again = read.get();
            if (again.returned() == stats.returned()
                    && again.entered() == stats.entered()
                    && again.processEvents() == stats.processEvents()) {
                return again;
            }
            stats = again;
        }
        return stats;
    }

    /** Returns a builder of statistics in which every number is 0, and nothing was lost. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that begins with these statistics. */
    public Builder toBuilder() {
        return new Builder()
                .returned(returned)
                .entered(entered)
                .processEvents(processEvents)
                .submitted(submitted)
                .lost(lost)
                .filtered(filtered)
                .wakeups(wakeups)
                .ringBytes(ringBytes)
                .stashBytes(stashBytes)
                .stash(stash)
                .copiesMissed(copiesMissed)
                .heaviest(heaviest);
    }

    /** Names each number, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private long returned;
        private long entered;
        private long processEvents;
        private long submitted;
        private Map<LossReason, Long> lost = Map.of();
        private Map<FilterReason, Long> filtered = Map.of();
        private long wakeups;
        private long ringBytes;
        private long stashBytes;
        private StashStats stash = StashStats.NONE;
        private long copiesMissed;
        private List<CallerLosses> heaviest = List.of();

        private Builder() {}

        public Builder returned(long value) {
            returned = value;
            return this;
        }

        public Builder entered(long value) {
            entered = value;
            return this;
        }

        public Builder processEvents(long value) {
            processEvents = value;
            return this;
        }

        public Builder submitted(long value) {
            submitted = value;
            return this;
        }

        public Builder lost(Map<LossReason, Long> value) {
            lost = value;
            return this;
        }

        /** Adds losses for one reason, if there are any. */
        public Builder lost(LossReason reason, long count) {
            if (count > 0) {
                Map<LossReason, Long> more = new EnumMap<>(LossReason.class);
                more.putAll(lost);
                more.merge(reason, count, Long::sum);
                lost = more;
            }
            return this;
        }

        public Builder filtered(Map<FilterReason, Long> value) {
            filtered = value;
            return this;
        }

        public Builder wakeups(long value) {
            wakeups = value;
            return this;
        }

        public Builder ringBytes(long value) {
            ringBytes = value;
            return this;
        }

        public Builder stashBytes(long value) {
            stashBytes = value;
            return this;
        }

        public Builder stash(StashStats value) {
            stash = value;
            return this;
        }

        public Builder copiesMissed(long value) {
            copiesMissed = value;
            return this;
        }

        public Builder heaviest(List<CallerLosses> value) {
            heaviest = value;
            return this;
        }

        public SourceStats build() {
            return new SourceStats(
                    returned,
                    entered,
                    processEvents,
                    submitted,
                    lost,
                    filtered,
                    wakeups,
                    ringBytes,
                    stashBytes,
                    stash,
                    copiesMissed,
                    heaviest);
        }
    }
}
