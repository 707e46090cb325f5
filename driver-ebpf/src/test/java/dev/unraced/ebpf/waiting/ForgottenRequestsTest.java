// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.ebpf.EbpfDriver;
import dev.unraced.event.EventFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks requests that wait in such numbers that the driver evicts the entries of most: each is one event or one
 * counted loss (R1.1), and is judged by the filters of its submission (R12.8).
 */
@Timeout(120)
class ForgottenRequestsTest {
    private static final int STASH = 1_024;
    private static final int SELF = Math.toIntExact(ProcessHandle.current().pid());
    private static final String PATH = "/no/such/file/of/ForgottenRequestsTest";

    @BeforeEach
    void needDriver() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
    }

    /** What the capture told of the requests. */
    private record Seen(long events, long marked, CaptureStats stats) {}

    @Test
    void eachIsAnEventOrALoss() throws Exception {
        try (Capture capture = open(SELF);
                WaitingRequests waiting = new WaitingRequests(8 * STASH, PATH)) {
            Seen seen = run(capture, List.of(waiting));

            assertThat(seen.events + seen.stats.totalLost()).isEqualTo(8 * STASH);
            assertThat(seen.stats.totalLost()).isZero();
            assertThat(seen.marked).isBetween(6L * STASH, 8L * STASH);
        }
    }

    @Test
    void soIsEachOfMoreThanThereAreTraces() throws Exception {
        int count = 20_000;
        try (Capture capture = open(SELF);
                WaitingRequests first = new WaitingRequests(count, PATH);
                WaitingRequests second = new WaitingRequests(count, PATH);
                WaitingRequests third = new WaitingRequests(count, PATH)) {
            Seen seen = run(capture, List.of(third, first, second));

            assertThat(seen.events + seen.stats.totalLost()).isEqualTo(3L * count);
            assertThat(seen.stats.totalLost()).isZero();
        }
    }

    @Test
    void thoseThatTheFiltersLetThroughAreEventsAfterAChange() throws Exception {
        try (Capture capture = open(SELF);
                WaitingRequests waiting = new WaitingRequests(4 * STASH, PATH)) {
            capture.filterBy(only(1));
            Seen seen = run(capture, List.of(waiting));

            assertThat(seen.events).isEqualTo(4 * STASH);
            assertThat(seen.stats.totalLost()).isZero();
        }
    }

    @Test
    void thoseThatTheFiltersLeftOutAreNoEventsAfterAChange() throws Exception {
        try (Capture capture = open(1);
                WaitingRequests waiting = new WaitingRequests(4 * STASH, PATH)) {
            capture.filterBy(only(SELF));
            Seen seen = run(capture, List.of(waiting));

            assertThat(seen.events).isZero();
            assertThat(seen.stats.totalLost()).isZero();
        }
    }

    @Test
    void requestsThatAskForNoCompletionTakeNoTracesOfOthers() throws Exception {
        try (Capture capture = open(SELF);
                WaitingRequests waiting = new WaitingRequests(4 * STASH, PATH);
                WaitingRequests silent = WaitingRequests.withoutCompletions(WaitingRequests.MOST, "/dev/null")) {
            capture.filterBy(only(1));
            silent.run();
            Seen seen = run(capture, List.of(waiting));

            assertThat(seen.events).isBetween(4L * STASH, 4L * STASH + 1);
        }
    }

    /** These have neither a trace nor an entry any more, and count as lost since their submission. */
    @Test
    void thoseThatAskForNoCompletionAndFailAreEventsOnly() throws Exception {
        int others = 30_000;
        try (Capture capture = open(SELF);
                WaitingRequests first = new WaitingRequests(others, PATH);
                WaitingRequests second = new WaitingRequests(others, PATH);
                WaitingRequests failing = WaitingRequests.failing(4 * STASH, PATH)) {
            Seen seen = run(capture, List.of(failing, first, second));

            assertThat(seen.events).isEqualTo(2L * others + 4 * STASH);
            assertThat(seen.stats.totalLost()).isZero();
        }
    }

    /** These count as lost since their submission; those of before never did, so their end takes back no loss. */
    @Test
    void thoseOfBeforeTheCaptureTakeBackNoLosses() throws Exception {
        int others = 30_000;
        try (WaitingRequests before = new WaitingRequests(4 * STASH, PATH);
                Capture capture = open(SELF);
                WaitingRequests first = new WaitingRequests(others, PATH);
                WaitingRequests second = new WaitingRequests(others, PATH)) {
            Seen seen = run(capture, List.of(before));

            assertThat(seen.events).isEqualTo(4 * STASH);
            assertThat(seen.stats.totalLost()).isBetween(2L * others - STASH, 2L * others);

            seen = run(capture, List.of(first, second));
            assertThat(seen.events).isEqualTo(2L * others);
            assertThat(seen.stats.totalLost()).isZero();
        }
    }

    private static Capture open(int tgid) {
        return Capture.open(CaptureConfig.builder()
                .driver(EbpfDriver.NAME)
                .observeSelf(true)
                .tgids(tgid)
                .stashEntries(STASH)
                .build());
    }

    private static EventFilters only(int tgid) {
        return new EventFilters(Set.of(tgid), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.ALL);
    }

    private static Seen run(Capture capture, List<WaitingRequests> waiting) {
        List<Boolean> marked = new ArrayList<>();
        for (WaitingRequests requests : waiting) {
            requests.run();
        }
        CaptureStats stats = Ring.takeRequests(capture, event -> marked.add(event.has(EventFlag.EVICTED)));
        return new Seen(
                marked.size(), marked.stream().filter(evicted -> evicted).count(), stats);
    }
}
