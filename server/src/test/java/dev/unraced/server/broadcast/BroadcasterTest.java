// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.FilterMatcher;
import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.protocol.v1.Delivery;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.server.linux.CgroupTree;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.stubbing.Answer;
import org.slf4j.LoggerFactory;

@Timeout(60)
class BroadcasterTest {
    private static final Set<Syscall> ALL_CALLS = EnumSet.allOf(Syscall.class);

    @Test
    void anOwnCaptureKeepsItsEventsForItsSubscriber() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> numbers = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Long> shared = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, true, 1 << 16);
                Broadcaster other = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16);
                SinkReader whole = other.addReader("shared", event -> shared.add(event.sequence()))) {
            kernel.process("early").thread().openat("/tmp/first").finish();
            // A capture that is no subscriber's own has handed its event over, so the other has had the time.
            assertThat(shared.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(whole.missed()).isZero();
            assertThat(broadcaster.capture().stats().pending()).isEqualTo(1);
            try (SinkReader reader = broadcaster.addReader("subscriber", event -> numbers.add(event.sequence()))) {
                kernel.process("late").thread().openat("/tmp/second").finish();
                assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
                assertThat(reader.missed()).isZero();
            }
        }
    }

    @Test
    void theFirstReadersOfASharedCaptureGetItsFirstEventAndALaterOneDoesNot() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> one = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Long> two = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<Long> late = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16)) {
            kernel.process("early").thread().openat("/tmp/first").finish();
            Map<String, EventHandler> sinks =
                    Map.of("one", event -> one.add(event.sequence()), "two", event -> two.add(event.sequence()));
            List<SinkReader> readers = broadcaster.addReaders(sinks);
            assertThat(one.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(two.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            readers.add(broadcaster.addReader("late", event -> late.add(event.sequence())));
            kernel.process("late").thread().openat("/tmp/second").finish();
            assertThat(late.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
            readers.forEach(SinkReader::close);
            assertThat(readers).extracting(SinkReader::taken).containsExactly(2L, 2L, 1L);
            assertThat(broadcaster.stats().delivered()).isEqualTo(2);
        }
    }

    @Test
    void aSinkThatThrowsLosesWhatItThrewOnAndIsCounted() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> numbers = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16);
                SinkReader reader = broadcaster.addReader("sink", event -> {
                    if (event.sequence() == 1) {
                        throw new AssertionError("no runtime exception");
                    }
                    numbers.add(event.sequence());
                })) {
            kernel.process("one").thread().openat("/tmp/first").finish();
            kernel.process("two").thread().openat("/tmp/second").finish();
            assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(reader.taken()).isEqualTo(2);
            assertThat(reader.failed()).isEqualTo(1);
        }
    }

    @Test
    void aSubscriberThatTakesNothingHasFewChangesOfFiltersWait() {
        SimKernel kernel = SimKernel.create();
        FilterMatcher matcher = new FilterMatcher(EventFilters.NONE, new CgroupTree());
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16)) {
            Subscription subscription = takingNothing(broadcaster, matcher);
            for (int i = 0; i < 40; i++) {
                assertThat(subscription.filterBy(matcher))
                        .as("no event between")
                        .isTrue();
            }
            assertThat(changeUntilRefused(subscription, matcher, kernel)).isEqualTo(16);
        }
    }

    @Test
    void onlyOneChangeOfASubscriptionWaits() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        FilterMatcher matcher = new FilterMatcher(EventFilters.NONE, new CgroupTree());
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16)) {
            Subscription subscription = takingNothing(broadcaster, matcher);
            changeUntilRefused(subscription, matcher, kernel);
            boolean refusedAtOnce = false;
            // On a busy machine the first change may be over when the second one is asked for.
            for (int i = 0; i < 20 && !refusedAtOnce; i++) {
                Thread first = new Thread(() -> subscription.filterBy(matcher));
                first.start();
                while (first.isAlive() && first.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                refusedAtOnce = !subscription.filterBy(matcher) && first.isAlive();
                first.join();
            }
            assertThat(refusedAtOnce).isTrue();
        }
    }

    private static Subscription takingNothing(Broadcaster broadcaster, FilterMatcher matcher) {
        Subscription subscription = new Subscription(
                broadcaster,
                mock(Subscription.Transport.class),
                new Subscription.Options(Payload.PAYLOAD_RECORDS, EnumSet.allOf(Syscall.class), false, 0, 1 << 16),
                matcher,
                false);
        broadcaster.attach(subscription);
        return subscription;
    }

    /** Changes filters with an event between, 40 times at the most. Returns how many changes were made. */
    private static int changeUntilRefused(Subscription subscription, FilterMatcher matcher, SimKernel kernel) {
        SimThread thread = kernel.process("work").thread();
        int changes = 0;
        while (changes < 40 && subscription.filterBy(matcher)) {
            thread.openat("/tmp/some").finish();
            changes++;
        }
        return changes;
    }

    @Test
    void aSubscriberThatCannotBeginLeavesTheCaptureToTheOthers() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> numbers = new LinkedBlockingQueue<>();
        Subscription broken = mock(Subscription.class);
        doThrow(new IllegalStateException("no statistics")).when(broken).begin(any(), any(), anyLong(), any());
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16);
                SinkReader reader = broadcaster.addReader("subscriber", event -> numbers.add(event.sequence()))) {
            assertThatThrownBy(() -> broadcaster.attach(broken)).hasRootCauseMessage("no statistics");
            assertThat(broadcaster.subscribers()).isZero();
            kernel.process("after").thread().openat("/tmp/first").finish();
            assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(reader.missed()).isZero();
        }
    }

    /**
     * The statistics that the capture answers. Mockito cannot stub them while the broadcaster's thread uses the
     * capture.
     */
    private volatile CaptureStats stats = CaptureStats.builder().build();

    private static final List<CallerLosses> CALLERS = List.of(new CallerLosses(7, 1000, 3));

    /** Makes a capture that is consumed once, and then has no more events. */
    private Capture consumedBy(Answer<Integer> once) {
        Capture capture = mock(Capture.class);
        when(capture.driver()).thenReturn("fake");
        when(capture.capabilities()).thenReturn(Capabilities.complete());
        when(capture.mitigation()).thenReturn(Mitigation.STASH);
        when(capture.stats()).thenAnswer(call -> stats);
        when(capture.await(any(), anyInt(), anyLong())).thenAnswer(once).thenAnswer(call -> {
            Thread.sleep(1);
            return 0;
        });
        return capture;
    }

    @Test
    void anErrorEndsTheStreamsAsAFailureAndNotInOrder() throws InterruptedException {
        Capture capture = consumedBy(call -> {
            throw new AssertionError("a record without a form");
        });
        LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(capture, ALL_CALLS, true, 1 << 16)) {
            broadcaster.attach(subscription(broadcaster, deliveries));
            Delivery last = deliveries.poll(20, TimeUnit.SECONDS);
            while (last != null && !last.hasEnd()) {
                last = deliveries.poll(20, TimeUnit.SECONDS);
            }
            assertThat(last).isNotNull();
            assertThat(last.getEnd().getFailure()).contains("a record without a form");
            assertThat(broadcaster.failure()).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void whoWaitsForTheEndOfTheCaptureHearsOfAFailureAndNotOfAClose() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        Capture capture = consumedBy(call -> {
            throw new IllegalStateException("the source is gone");
        });
        try (Broadcaster broadcaster = new Broadcaster(capture, ALL_CALLS, false, 1 << 16)) {
            broadcaster.begin();
            broadcaster.whenOver(failed::countDown);
            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(broadcaster.failure()).hasMessage("the source is gone");
            // A listener that comes after the end hears of it at once.
            CountDownLatch late = new CountDownLatch(1);
            broadcaster.whenOver(late::countDown);
            assertThat(late.getCount()).isZero();
        }
        CountDownLatch closed = new CountDownLatch(1);
        Broadcaster broadcaster = new Broadcaster(consumedBy(call -> 0), ALL_CALLS, false, 1 << 16);
        broadcaster.begin();
        broadcaster.whenOver(closed::countDown);
        broadcaster.close();
        assertThat(closed.getCount()).isOne();
    }

    @Test
    void aFailureIsToldThoughTheServerStopsMeanwhile() {
        LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        Capture capture = consumedBy(call -> {
            throw new IllegalStateException("the source is gone");
        });
        try (Broadcaster broadcaster = new Broadcaster(capture, ALL_CALLS, false, 1 << 16)) {
            broadcaster.begin();
            await().atMost(20, TimeUnit.SECONDS).until(broadcaster::isEnded);
            broadcaster.stop();
            broadcaster.attach(subscription(broadcaster, deliveries));
            await().atMost(20, TimeUnit.SECONDS).until(() -> deliveries.stream().anyMatch(Delivery::hasEnd));
        }
    }

    @Test
    void aBroadcasterThatClosesEndsItsStreamsAndTakesNoFurtherOne() throws InterruptedException {
        Subscription there = mock(Subscription.class);
        CountDownLatch pumped = new CountDownLatch(1);
        doAnswer(call -> {
                    pumped.countDown();
                    return false;
                })
                .when(there)
                .pump(any(), anyInt());
        Broadcaster broadcaster = new Broadcaster(consumedBy(call -> 0), ALL_CALLS, false, 1 << 16);
        broadcaster.attach(there);
        assertThat(pumped.await(20, TimeUnit.SECONDS)).isTrue();
        broadcaster.close();
        verify(there).fail(argThat(why -> why.getMessage().equals("the capture is closed")));
        assertRefused(broadcaster);
        Broadcaster neverRead = new Broadcaster(consumedBy(call -> 0), ALL_CALLS, true, 1 << 16);
        neverRead.close();
        assertRefused(neverRead);
    }

    private static void assertRefused(Broadcaster closed) {
        Subscription late = mock(Subscription.class);
        CompletableFuture<Void> attached = CompletableFuture.runAsync(() -> closed.attach(late));
        assertThatThrownBy(() -> attached.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("the capture is closed");
        assertThat(closed.subscribers()).isZero();
    }

    @Test
    void aSlowSinkGetsNothingAfterItsCloseAndWhatItMissesIsCounted() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        AtomicLong handed = new AtomicLong();
        AtomicBoolean enough = new AtomicBoolean();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16)) {
            Thread maker = new Thread(() -> {
                SimThread thread = kernel.process("load").thread();
                // Bursts overtake the sink on a loaded machine, too, where a nap lasts long.
                while (!enough.get()) {
                    for (int i = 0; i < 100; i++) {
                        thread.openat("/tmp/some").finish();
                    }
                    LockSupport.parkNanos(100_000);
                }
            });
            SinkReader reader = broadcaster.addReader("slow", event -> {
                handed.incrementAndGet();
                LockSupport.parkNanos(5_000_000);
            });
            maker.start();
            await().atMost(20, TimeUnit.SECONDS).until(() -> handed.get() > 1 && reader.missed() > 0);
            reader.close();
            long then = handed.get();
            enough.set(true);
            maker.join();
            Thread.sleep(500);
            assertThat(handed.get()).as("the one in hand at most").isBetween(then, then + 1);
            assertThat(reader.taken()).isEqualTo(handed.get());
            assertThat(reader.taken() + reader.missed())
                    .as("passed, overwritten or left behind by the time of the close")
                    .isLessThanOrEqualTo(broadcaster.ring().ordinal())
                    .isGreaterThan(handed.get() + 100);
        }
    }

    @Test
    void aSinkThatKeepsUpGetsAllFromBeforeItsCloseThoughMoreComes() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        AtomicLong handed = new AtomicLong();
        AtomicBoolean enough = new AtomicBoolean();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 20)) {
            SinkReader reader = broadcaster.addReader("sink", event -> handed.incrementAndGet());
            Thread maker = new Thread(() -> {
                SimThread thread = kernel.process("load").thread();
                while (!enough.get()) {
                    thread.openat("/tmp/some").finish();
                    LockSupport.parkNanos(100_000);
                }
            });
            maker.start();
            await().atMost(20, TimeUnit.SECONDS).until(() -> handed.get() > 100);
            long before = broadcaster.ring().ordinal();
            reader.close();
            assertThat(reader.taken() + reader.missed()).isGreaterThanOrEqualTo(before);
            enough.set(true);
            maker.join();
        }
    }

    @Test
    void anErrorOfOneSubscriptionEndsItAndNoOther() {
        SimKernel kernel = SimKernel.create();
        Subscription broken = mock(Subscription.class);
        doThrow(new AssertionError("no token")).when(broken).pump(any(), anyInt());
        doThrow(new AssertionError("no transport")).when(broken).fail(any());
        LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(kernel.capture(), ALL_CALLS, false, 1 << 16)) {
            broadcaster.attach(broken);
            broadcaster.attach(subscription(broadcaster, deliveries));
            verify(broken, timeout(20_000)).fail(any(AssertionError.class));
            kernel.process("after").thread().openat("/tmp/first").finish();
            awaitEvents(deliveries, 1);
            assertThat(broadcaster.subscribers()).isEqualTo(1);
        }
    }

    @Test
    void anErrorWhileASubscriptionBeginsIsItsOwn() {
        Subscription broken = mock(Subscription.class);
        doThrow(new AssertionError("no statistics")).when(broken).begin(any(), any(), anyLong(), any());
        try (Broadcaster broadcaster = new Broadcaster(consumedBy(call -> 0), ALL_CALLS, false, 1 << 16)) {
            CompletableFuture<Void> attached = CompletableFuture.runAsync(() -> broadcaster.attach(broken));
            assertThatThrownBy(() -> attached.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("no statistics");
            assertThat(broadcaster.isEnded()).isFalse();
        }
    }

    @Test
    void recordsLongerThanAnyCanBeAreCountedAndLoggedOnce() {
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .call(1, 2, 3);
        int usual = encoder.finishPartial();
        ByteBuffer record = ByteBuffer.allocate(2 * RecordEncoder.MAX_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        record.put(0, encoder.buffer(), 0, usual);
        RecordView view = new RecordView();
        Capture capture = consumedBy(call -> {
            EventHandler handler = call.getArgument(0);
            for (int length : new int[] {usual, record.capacity(), record.capacity(), usual}) {
                handler.onEvent(view.wrap(record.putInt(RecordLayout.LENGTH, length), 0));
            }
            return 4;
        });
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Broadcaster.class);
        logger.addAppender(log);
        log.start();
        LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        try (Broadcaster broadcaster = new Broadcaster(capture, ALL_CALLS, true, 1 << 16)) {
            Subscription subscription = subscription(broadcaster, deliveries);
            broadcaster.attach(subscription);
            awaitEvents(deliveries, 2);
            stats = CaptureStats.builder()
                    .returned(4)
                    .delivered(4)
                    .heaviest(CALLERS)
                    .build();
            assertThat(broadcaster.stats().heaviest()).isEqualTo(CALLERS);
            Stats last = subscription.stats();
            assertThat(last.getLostMap()).isEqualTo(Map.of(LossReason.MALFORMED.name(), 2L));
            assertThat(last.getReturned()).isEqualTo(4);
            assertThat(last.getSubmitted()).isEqualTo(2);
            // A later subscriber did not lose these events.
            Subscription later = subscription(broadcaster, new LinkedBlockingQueue<>());
            broadcaster.attach(later);
            assertThat(later.stats().getLostMap()).isEmpty();
            assertThat(later.stats().getReturned()).isZero();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .hasSize(1);
    }

    @Test
    void theLastStatisticsBalanceWhicheverCounterWasReadFirst() {
        for (int returned = 1; returned <= 3; returned++) {
            stats = CaptureStats.builder().build();
            try (Broadcaster broadcaster = new Broadcaster(consumedBy(call -> 0), ALL_CALLS, false, 1 << 16)) {
                Subscription subscription = subscription(broadcaster, new LinkedBlockingQueue<>());
                broadcaster.attach(subscription);
                stats = CaptureStats.builder().returned(returned).pending(2).build();
                Stats last = subscription.finish();
                assertThat(last.getSubmitted()).isEqualTo(Math.max(returned, 2));
                assertThat(last.getReturned()).isEqualTo(last.getSubmitted());
            }
        }
    }

    private static void awaitEvents(Queue<Delivery> deliveries, int count) {
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> deliveries.stream().mapToInt(Delivery::getCount).sum() == count);
    }

    private static Subscription subscription(Broadcaster broadcaster, Queue<Delivery> deliveries) {
        Subscription.Transport transport = new QueueTransport(deliveries);
        Subscription.Options wants = new Subscription.Options(
                Payload.PAYLOAD_RECORDS, EnumSet.allOf(Syscall.class), false, 0, Subscription.MAX_COPY);
        return new Subscription(
                broadcaster, transport, wants, new FilterMatcher(EventFilters.NONE, new CgroupTree()), false);
    }
}
