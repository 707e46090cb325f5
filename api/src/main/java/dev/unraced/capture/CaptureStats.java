// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import java.util.List;
import java.util.Map;

/**
 * The statistics of a capture, in calls and their entries unless noted. At rest, {@code returned + entered +
 * processEvents = delivered + pending + all lost + all filtered}. While calls run, the counters are read one after the
 * other, and the sum may be off by the calls in progress.
 *
 * @param returned watched calls that returned since the capture opened
 * @param entered enter events made since then, which passed the filters
 * @param processEvents process events made since then, which passed the filters
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
 * @param handlerFailures events whose handler threw an exception; they count as delivered
 * @param consuming whether a thread consumes the capture: one is inside {@link Capture#poll}, {@link Capture#await} or
 *     {@link Capture#consume}, or left it less than ten seconds ago. So does a capture that opened less than ten
 *     seconds ago; a closed one does not
 * @param sinceHandoverNanos nanoseconds since an event was last handed to the handler, as seen by the capture's
 *     process; since the opening, if none was; up to the close, of a closed capture
 */
public record CaptureStats(
        long returned,
        long entered,
        long processEvents,
        long delivered,
        long pending,
        Map<LossReason, Long> lost,
        Map<FilterReason, Long> filtered,
        long wakeups,
        long ringBytes,
        long stashBytes,
        StashStats stash,
        long copiesMissed,
        List<CallerLosses> heaviest,
        long handlerFailures,
        boolean consuming,
        long sinceHandoverNanos) {

    public CaptureStats {
        lost = Map.copyOf(lost);
        filtered = Map.copyOf(filtered);
        heaviest = List.copyOf(heaviest);
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

    /**
     * Returns the calls that returned, the entries and the process events, minus those accounted for; 0 at rest (rule
     * R8.1).
     */
    public long imbalance() {
        return returned + entered + processEvents - delivered - pending - totalLost() - totalFiltered();
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
                .delivered(delivered)
                .pending(pending)
                .lost(lost)
                .filtered(filtered)
                .wakeups(wakeups)
                .ringBytes(ringBytes)
                .stashBytes(stashBytes)
                .stash(stash)
                .copiesMissed(copiesMissed)
                .heaviest(heaviest)
                .handlerFailures(handlerFailures)
                .consuming(consuming)
                .sinceHandoverNanos(sinceHandoverNanos);
    }

    /** Names each number, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private long returned;
        private long entered;
        private long processEvents;
        private long delivered;
        private long pending;
        private Map<LossReason, Long> lost = Map.of();
        private Map<FilterReason, Long> filtered = Map.of();
        private long wakeups;
        private long ringBytes;
        private long stashBytes;
        private StashStats stash = StashStats.NONE;
        private long copiesMissed;
        private List<CallerLosses> heaviest = List.of();
        private long handlerFailures;
        private boolean consuming;
        private long sinceHandoverNanos;

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

        public Builder delivered(long value) {
            delivered = value;
            return this;
        }

        public Builder pending(long value) {
            pending = value;
            return this;
        }

        public Builder lost(Map<LossReason, Long> value) {
            lost = value;
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

        public Builder handlerFailures(long value) {
            handlerFailures = value;
            return this;
        }

        public Builder consuming(boolean value) {
            consuming = value;
            return this;
        }

        public Builder sinceHandoverNanos(long value) {
            sinceHandoverNanos = value;
            return this;
        }

        public CaptureStats build() {
            return new CaptureStats(
                    returned,
                    entered,
                    processEvents,
                    delivered,
                    pending,
                    lost,
                    filtered,
                    wakeups,
                    ringBytes,
                    stashBytes,
                    stash,
                    copiesMissed,
                    heaviest,
                    handlerFailures,
                    consuming,
                    sinceHandoverNanos);
        }
    }
}
