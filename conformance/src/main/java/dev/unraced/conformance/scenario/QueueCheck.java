// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CaptureStats;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import java.util.HashMap;
import java.util.Map;

/** Judges each event of a queue of threads as it comes, and keeps none. */
public final class QueueCheck {
    private final int tgid;
    private final String directory;
    private final ByteString fifo;
    private final boolean isModeKnown;
    private final Map<Integer, Long> rounds = new HashMap<>();
    private long events;
    private long missed;
    private long evicted;
    private long wrong;
    private String firstWrong = "";

    /**
     * Makes a check.
     *
     * @param tgid the process of the queue
     * @param directory the directory of the paths that its threads open
     * @param fifo the path that its first thread opens
     * @param isModeKnown whether events have the modes that the threads pass, though they create no file
     */
    public QueueCheck(int tgid, String directory, ByteString fifo, boolean isModeKnown) {
        this.tgid = tgid;
        this.directory = directory;
        this.fifo = fifo;
        this.isModeKnown = isModeKnown;
    }

    /** Judges an event, and returns whether to keep it, which is never. Called on the thread that consumes. */
    public synchronized boolean take(EventView event) {
        if (event.tgid() != tgid) {
            return false;
        }
        events++;
        boolean isMissed = event.has(EventFlag.ENTER_MISSED);
        missed += isMissed ? 1 : 0;
        evicted += event.has(EventFlag.EVICTED) ? 1 : 0;
        if (!isRight(event, isMissed) && wrong++ == 0) {
            firstWrong = event.snapshot().toString();
        }
        return false;
    }

    /** Returns whether the event has its own thread's path and round, read at entry when the stash kept it. */
    private boolean isRight(EventView event, boolean isMissed) {
        Provenance provenance = event.path().provenance();
        boolean fits = event.mitigation() != Mitigation.STASH
                || (isMissed ? provenance == Provenance.EXIT : provenance == Provenance.ENTER);
        if (event.tid() == event.tgid()) {
            return fits && event.path().contentEquals(fifo);
        }
        long round = rounds.merge(event.tid(), 1L, Long::sum) - 1;
        return fits
                && (!isModeKnown || event.mode() == round)
                && event.path().contentEquals(ByteString.utf8(directory + "/" + event.tid()));
    }

    /**
     * Checks that every call has an event and is in the accounts.
     *
     * @param calls the number of calls that were made
     */
    public synchronized void assertComplete(long calls, CaptureStats stats) {
        Violation.unless(
                "R5.3",
                () -> assertThat(firstWrong)
                        .as("%d events have what is not their thread's", wrong)
                        .isEmpty());
        Violation.unless(
                "R1.1",
                () -> assertThat(events).as("one event of each call: %s", stats).isEqualTo(calls));
        Violation.unless(
                "R5.2",
                () -> assertThat(missed)
                        .as("calls without their enter are those refused and those evicted: %s", stats)
                        .isEqualTo(stats.stash().refused() + stats.stash().evicted()));
        Violation.unless(
                "R5.2",
                () -> assertThat(evicted)
                        .as("as many as that at most say that they were evicted: %s", stats)
                        .isLessThanOrEqualTo(stats.stash().evicted()));
    }

    /** Returns how many calls found the stash full. */
    public long missed() {
        return missed;
    }

    public synchronized Map<String, String> figures() {
        return Map.of(
                "calls", Long.toString(events),
                "without their enter", Long.toString(missed),
                "of another thread", Long.toString(wrong));
    }
}
