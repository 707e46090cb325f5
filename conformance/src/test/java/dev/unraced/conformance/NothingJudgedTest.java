// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.StashStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Drivers that declare every capability and do nothing with it keep no rule. */
@Tag("slow")
class NothingJudgedTest {

    @Test
    void aDriverThatDeliversNothingKeepsNoRule() {
        assertKeepsNothing(Idle::new);
    }

    @Test
    void aDriverThatAlwaysDeliversTheSameEventKeepsNoRule() {
        assertKeepsNothing(Stuck::new);
    }

    private static void assertKeepsNothing(Function<CaptureConfig, Capture> capture) {
        ConformanceReport report = ConformanceRunner.run(new Subject(capture), RulePattern.ALL, result -> {});
        List<String> kept = report.results().stream()
                .filter(result -> result.status() == Status.KEPT)
                .map(RuleResult::toString)
                .toList();
        assertThat(kept).isEmpty();
        assertThat(report.results()).hasSizeGreaterThan(100);
    }

    private record Subject(Driver driver) implements DriverUnderTest {
        Subject(Function<CaptureConfig, Capture> capture) {
            this(new Nothing(capture));
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration stall() {
            return Duration.ofMillis(10);
        }

        @Override
        public double intensity() {
            return 0.01;
        }
    }

    private record Nothing(Function<CaptureConfig, Capture> capture) implements Driver {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public Capture open(CaptureConfig config) {
            return capture.apply(config);
        }
    }

    /** A capture of which no event comes. */
    private static class Idle implements Capture {
        private volatile boolean open = true;
        private Mitigation mitigation;
        private boolean enterEvents;

        Idle(CaptureConfig config) {
            this.mitigation = config.mitigation();
            this.enterEvents = config.enterEvents();
        }

        @Override
        public String driver() {
            return "nothing";
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            return 0;
        }

        @Override
        public int await(EventHandler handler, int limit, long timeoutNanos) {
            int count = open ? poll(handler, limit) : 0;
            LockSupport.parkNanos(timeoutNanos);
            return count;
        }

        @Override
        public void consume(EventHandler handler) {
            while (open && !Thread.currentThread().isInterrupted()) {
                await(handler, 1, 1_000_000);
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public Mitigation mitigation() {
            return mitigation;
        }

        @Override
        public void switchTo(Mitigation mode) {
            mitigation = mode;
        }

        @Override
        public boolean enterEvents() {
            return enterEvents;
        }

        @Override
        public void publishEnterEvents(boolean publish) {
            enterEvents = publish;
        }

        @Override
        public CaptureStats stats() {
            return stats(0);
        }

        static CaptureStats stats(long events) {
            return CaptureStats.builder()
                    .returned(events)
                    .delivered(events)
                    .wakeups(events)
                    .ringBytes(1 << 20)
                    .stash(StashStats.builder().capacity(64).build())
                    .build();
        }

        @Override
        public void close() {
            open = false;
        }
    }

    /** A capture whose every event is a failed open of the same path by the process that is watched. */
    private static final class Stuck extends Idle {
        private final int tgid;
        private final long uid;
        private final RecordView view = new RecordView();
        private final AtomicLong delivered = new AtomicLong();

        Stuck(CaptureConfig config) {
            super(config);
            this.tgid = config.filters().tgids().stream().findFirst().orElse(1);
            this.uid = config.filters().uids().stream().findFirst().orElse(0L);
        }

        @Override
        public int poll(EventHandler handler, int limit) {
            long now = System.nanoTime();
            RecordEncoder record = new RecordEncoder()
                    .begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, mitigation())
                    .sequence(0, delivered.incrementAndGet())
                    .call(now, now, -2)
                    .thread(tgid, tgid, 1, 1)
                    .user(uid, 0)
                    .comm("stuck".getBytes(StandardCharsets.UTF_8))
                    .path("/stuck".getBytes(StandardCharsets.UTF_8), Provenance.EXIT, Integrity.UNCHECKED);
            record.finishPartial();
            view.wrap(record.buffer(), 0);
            handler.onEvent(view);
            return 1;
        }

        @Override
        public CaptureStats stats() {
            return stats(delivered.get());
        }
    }
}
