// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import dev.unraced.server.Limits;
import dev.unraced.server.connection.Access;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Tests the events of a shared capture's subscribers, and their statistics of the rest. */
@Timeout(120)
class SubscriptionTest {
    private static final int TGID = 4711;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Firehose hose = new Firehose();

    private Served served(int ringBytes, int subscribers) {
        return new Served(
                hose,
                () -> CaptureConfig.builder().driver("firehose").ringBytes(8 << 20),
                true,
                limits -> new Limits(subscribers, 0, 16, ringBytes));
    }

    /** Consumes on a thread of its own, and checks the order. */
    private static final class Reader implements AutoCloseable {
        final Capture capture;
        final AtomicLong count = new AtomicLong();
        final AtomicLong disorder = new AtomicLong();
        private long last;
        private final Thread thread;

        Reader(Capture capture) {
            this.capture = capture;
            this.thread = new Thread(() -> capture.consume(event -> {
                count.incrementAndGet();
                if (event.sequence() <= last) {
                    disorder.incrementAndGet();
                }
                last = event.sequence();
            }));
            thread.start();
        }

        CaptureStats rest() {
            await().atMost(PATIENCE).until(() -> {
                CaptureStats stats = capture.stats();
                return stats.pending() == 0 && stats.imbalance() == 0 && stats.delivered() == count.get();
            });
            return capture.stats();
        }

        @Override
        public void close() {
            capture.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Reader reader(Served served) {
        return new Reader(served.driver().open(served.client().build()));
    }

    @Test
    void twentyAbruptEndsOfTheServerAreAccountedForExactly() {
        try (Served served = served(1 << 16, 64);
                Reader reader = reader(served)) {
            for (int i = 0; i < 20; i++) {
                hose.make(500, TGID);
                LockSupport.parkNanos(2_000_000);
                Thread restart = new Thread(served::restart);
                restart.start();
                while (restart.isAlive()) {
                    hose.make(50, TGID);
                    LockSupport.parkNanos(1_000_000);
                }
                long before = reader.count.get();
                await().atMost(PATIENCE).until(() -> {
                    hose.make(1, TGID);
                    return reader.count.get() > before;
                });
            }
            CaptureStats stats = reader.rest();
            assertThat(stats.returned()).as("%s", stats).isEqualTo(hose.made());
            assertThat(reader.count.get() + stats.totalLost()).as("%s", stats).isEqualTo(hose.made());
            assertThat(stats.lost().getOrDefault(LossReason.QUEUE_FULL, 0L))
                    .as("a gap longer than the server's memory: %s", stats)
                    .isPositive();
            assertThat(reader.disorder).as("none twice, none late").hasValue(0);
        }
    }

    @Test
    void aServerThatBeginsAnewIsANewCapture() {
        Reader reader;
        long first;
        Served served = served(1 << 20, 64);
        try {
            reader = reader(served);
            hose.make(100, TGID);
            reader.rest();
        } finally {
            served.server().stop(1_000_000_000);
            served.captures().close();
        }
        first = hose.made();
        try (served;
                reader;
                Served next = new Served(
                        hose,
                        () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                        true,
                        limits -> limits,
                        settings -> Served.at(settings, served.socket()))) {
            await().atMost(PATIENCE)
                    .until(() -> next.captures().shared().orElseThrow().subscribers() == 1);
            hose.make(50, TGID);
            await().atMost(PATIENCE).until(() -> reader.count.get() == first + 50);
            CaptureStats stats = reader.rest();
            assertThat(stats.returned()).as("%s", stats).isEqualTo(150);
            assertThat(stats.totalLost()).as("%s", stats).isZero();
            assertThat(reader.capture.gaps())
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.nanos()).isPositive());
        }
    }

    @Test
    void anOutageIsWarnedOfOnceHoweverManyAttemptsFail() throws InterruptedException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(RemoteSource.class);
        logger.addAppender(log);
        try (Served served = served(1 << 16, 64);
                Reader reader = new Reader(served.driver()
                        .open(served.client().set("remote.max-pause-ms", 10).build()))) {
            for (int outage = 1; outage <= 2; outage++) {
                served.server().close();
                Thread.sleep(300);
                served.restart();
                long before = reader.count.get();
                await().atMost(PATIENCE).until(() -> {
                    hose.make(1, TGID);
                    return reader.count.get() > before;
                });
                assertThat(log.list)
                        .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                        .hasSize(outage);
            }
            assertThat(reader.capture.gaps()).as("the capture went on").isEmpty();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void thoseWhoNeverReadCostTheOthersNothing() {
        int busy = 9;
        try (Served served = served(8 << 20, 64)) {
            List<Reader> readers = new ArrayList<>();
            List<Capture> idle = new ArrayList<>();
            for (int i = 0; i < busy; i++) {
                readers.add(reader(served));
            }
            for (int i = 0; i < 3; i++) {
                idle.add(served.driver().open(served.client().ringBytes(1 << 16).build()));
            }
            for (int i = 0; i < 400; i++) {
                hose.make(250, TGID);
                LockSupport.parkNanos(5_000_000);
                // A busy machine can keep readers from reading, which is not the fault of those who never read.
                while (readers.stream().anyMatch(reader -> reader.count.get() < hose.made() - 10_000)) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            for (Reader reader : readers) {
                CaptureStats stats = reader.rest();
                assertThat(stats.totalLost()).as("%s", stats).isZero();
                assertThat(reader.count).hasValue(hose.made());
                reader.close();
            }
            for (Capture capture : idle) {
                CaptureStats stats = capture.stats();
                assertThat(stats.lost().getOrDefault(LossReason.QUEUE_FULL, 0L))
                        .as("%s", stats)
                        .isPositive();
                assertThat(stats.imbalance()).as("%s", stats).isZero();
                capture.close();
            }
        }
    }

    @Test
    void theServerFiltersForEach() {
        try (Served served = served(1 << 20, 64);
                Reader one = new Reader(
                        served.driver().open(served.client().tgids(TGID).build()));
                Reader all = reader(served)) {
            hose.make(100, TGID);
            hose.make(30, TGID + 1);
            CaptureStats stats = one.rest();
            assertThat(one.count).hasValue(100);
            assertThat(stats.filtered()).containsEntry(FilterReason.TGID, 30L);
            all.rest();
            assertThat(all.count).hasValue(130);
        }
    }

    @Test
    void theSubscribersOwnCallsAreLeftOut() {
        int self = Math.toIntExact(ProcessHandle.current().pid());
        try (Served served = served(1 << 20, 64);
                Reader usual = reader(served);
                Reader curious = new Reader(
                        served.driver().open(served.client().observeSelf(true).build()))) {
            hose.make(10, self);
            hose.make(5, self + 1);
            assertThat(usual.rest().filtered()).containsEntry(FilterReason.SELF, 10L);
            assertThat(usual.count).hasValue(5);
            curious.rest();
            assertThat(curious.count).hasValue(15);
        }
    }

    @Test
    void onlyThoseWhoMayControlSwitchTheSharedCapture() {
        try (Served served = new Served(
                        hose,
                        () -> CaptureConfig.builder().driver("firehose"),
                        true,
                        limits -> limits,
                        settings -> settings.access(new Access(Set.of(), List.of(), Set.of(123_456), List.of())));
                Capture capture = served.driver().open(served.client().build())) {
            assertThatThrownBy(() -> capture.switchTo(Mitigation.OFF))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("may not change the mode");
            assertThat(capture.mitigation()).isEqualTo(Mitigation.STASH);
        }
        try (Served served = served(1 << 20, 64);
                Capture capture = served.driver().open(served.client().build())) {
            capture.switchTo(Mitigation.OFF);
            assertThat(capture.mitigation()).isEqualTo(Mitigation.OFF);
            assertThatThrownBy(() -> served.driver()
                            .open(served.client().mitigation(Mitigation.KERNEL).build()))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("runs with mitigation off, not kernel");
        }
    }

    @Test
    void whoeverHasHeardOfTheBeginningIsKnown() {
        // The server logs a subscription once it has begun; here that takes a while.
        AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                LockSupport.parkNanos(500_000_000);
            }
        };
        slow.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.unraced.server.UnracedService");
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(slow);
        try (Served served = served(1 << 20, 64);
                Capture capture = served.driver().open(served.client().build())) {
            capture.switchTo(Mitigation.OFF);
            assertThat(capture.mitigation()).isEqualTo(Mitigation.OFF);
        } finally {
            logger.detachAppender(slow);
            logger.setLevel(before);
        }
    }

    @Test
    void whoSubscribesInALoopFillsNoLog() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.unraced.server.UnracedService");
        Level before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(log);
        try (Served served = served(1 << 16, 64)) {
            for (int i = 0; i < 100; i++) {
                served.driver().open(served.client().ringBytes(1 << 16).build()).close();
            }
            // The server logs a subscription once it has begun.
            await().atMost(PATIENCE).until(() -> subscriptions(log).size() == 100);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(before);
        }
        assertThat(subscriptions(log))
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .hasSizeBetween(1, 60);
    }

    private static List<ILoggingEvent> subscriptions(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().contains(" subscribes, "))
                .toList();
    }

    @Test
    void aCaptureOfOnesOwnLacksNoEventOfItsBeginning() {
        Driver early = new Driver() {
            @Override
            public String name() {
                return hose.name();
            }

            @Override
            public Availability availability(CaptureConfig config) {
                return hose.availability(config);
            }

            @Override
            public Capabilities capabilities() {
                return hose.capabilities();
            }

            @Override
            public Capture open(CaptureConfig config) {
                Capture capture = hose.open(config);
                hose.make(10, TGID);
                return capture;
            }
        };
        try (Served served = Served.own(early, () -> CaptureConfig.builder().driver(hose.name()));
                Reader reader = new Reader(served.driver()
                        .open(served.client().set("remote.own-capture", true).build()))) {
            hose.make(10, TGID);
            CaptureStats stats = reader.rest();
            assertThat(stats.returned()).as("%s", stats).isEqualTo(20);
            assertThat(reader.count).hasValue(20);
        }
    }
}
