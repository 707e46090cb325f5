// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.LossReason;
import dev.unraced.event.SyscallEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(120)
class CapturePublisherTest {
    private final CountingSource source = new CountingSource();
    private final Capture capture = source.capture();
    private final CapturePublisher publisher = CapturePublisher.of(capture);

    @AfterEach
    void closeCapture() {
        capture.close();
    }

    @Test
    void whatNobodyAskedForStaysInTheRingAndIsLostAndCountedThere() {
        Listener listener = Listener.to(publisher).request(3);
        source.write(10);
        listener.awaitEvents(3);
        source.write(CountingSource.TOO_MANY);

        CaptureStats stats = capture.stats();
        assertThat(listener.numbers()).containsExactly(1L, 2L, 3L);
        assertThat(stats.delivered()).isEqualTo(3);
        assertThat(stats.lost().get(LossReason.RING_FULL)).isEqualTo(CountingSource.TOO_MANY + 7 - stats.pending());
        assertThat(stats.imbalance()).isZero();

        listener.request(Long.MAX_VALUE).awaitEvents(3 + (int) stats.pending());
        source.write(1);
        listener.awaitEvents(3 + (int) stats.pending() + 1);
        long lastBeforeTheGap = 3 + stats.pending();
        assertThat(listener.numbers().get((int) lastBeforeTheGap) - lastBeforeTheGap - 1)
                .isEqualTo(stats.lost().get(LossReason.RING_FULL));
    }

    @Test
    void subscribersGetTheSameEvents() {
        Listener one = Listener.to(publisher);
        Listener other = Listener.to(publisher);
        source.write(5);
        one.request(5);
        other.request(2);
        one.awaitEvents(5);
        other.awaitEvents(2);
        other.request(3).awaitEvents(5);

        assertThat(one.numbers()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(other.events())
                .usingElementComparator((a, b) -> a == b ? 0 : 1)
                .isEqualTo(one.events());
    }

    @Test
    void theSlowestSubscriberGovernsUntilItCancels() {
        int count = 3 * CapturePublisher.WINDOW;
        Listener fast = Listener.to(publisher);
        Listener slow = Listener.to(publisher);
        source.write(count);
        fast.request(Long.MAX_VALUE);
        fast.awaitEvents(CapturePublisher.WINDOW);
        assertThat(capture.stats().delivered()).isEqualTo(CapturePublisher.WINDOW);

        slow.request(1).awaitEvents(1);
        fast.awaitEvents(CapturePublisher.WINDOW + 1);
        assertThat(capture.stats().delivered()).isEqualTo(CapturePublisher.WINDOW + 1);

        slow.cancel();
        fast.awaitEvents(count);
        assertThat(fast.numbers()).isEqualTo(numbersFrom(1, count));
    }

    @Test
    void aSubscriberGetsWhatIsReadAfterItCame() {
        Listener first = Listener.to(publisher).request(Long.MAX_VALUE);
        source.write(5);
        first.awaitEvents(5);
        Listener second = Listener.to(publisher).request(Long.MAX_VALUE);
        source.write(5);
        second.awaitEvents(5);

        assertThat(second.numbers()).isEqualTo(numbersFrom(6, 5));
    }

    @Test
    void theNextSubscriberGoesOnWhereTheLastOneLeft() {
        source.write(50);
        Listener first = new Listener() {
            @Override
            public void onNext(SyscallEvent event) {
                super.onNext(event);
                if (event.call().sequence() == 7) {
                    cancel();
                }
            }
        };
        publisher.subscribe(first);
        first.request(40).awaitEvents(7);
        awaitNoReader();
        Listener second = Listener.to(publisher).request(43);
        second.awaitEvents(43);

        assertThat(first.numbers()).isEqualTo(numbersFrom(1, 7));
        assertThat(second.numbers()).isEqualTo(numbersFrom(8, 43));
    }

    @Test
    void anEventThatArrivesJustAfterACancelIsForTheNextOne() {
        Listener first = Listener.to(publisher).request(1);
        await().until(() -> reader() != null);
        first.cancel();
        source.write(1);
        Listener second = Listener.to(publisher).request(1);
        second.awaitEvents(1);

        assertThat(first.events()).isEmpty();
        assertThat(second.numbers()).containsExactly(1L);
    }

    @Test
    void whoCancelsAtOnceGetsNothingAndStartsNothing() {
        Listener listener = new Listener() {
            @Override
            public void onSubscribe(java.util.concurrent.Flow.Subscription given) {
                given.request(10);
                given.cancel();
            }
        };
        source.write(1);
        publisher.subscribe(listener);

        assertThat(reader()).isNull();
        assertThat(listener.events()).isEmpty();
    }

    @Test
    void theReaderIsThereOnlyWhileSubscribersAre() {
        assertThat(reader()).isNull();
        Listener listener = Listener.to(publisher);
        assertThat(reader()).isNotNull();
        assertThat(reader().isDaemon()).isTrue();
        listener.cancel();

        awaitNoReader();
        assertThat(capture.isOpen()).isTrue();
    }

    @Test
    void closingTheCaptureCompletesTheStreamAskedForOrNot() {
        Listener hungry = Listener.to(publisher).request(10);
        Listener idle = Listener.to(publisher);
        capture.close();

        assertThat(hungry.awaitEnd()).isEqualTo(Listener.COMPLETE);
        assertThat(idle.awaitEnd()).isEqualTo(Listener.COMPLETE);
        assertThat(Listener.to(publisher).awaitEnd()).isEqualTo(Listener.COMPLETE);
        awaitNoReader();
    }

    @Test
    void whatWasReadBeforeTheEndComesBeforeIt() {
        Listener fast = Listener.to(publisher);
        Listener slow = Listener.to(publisher).request(1);
        source.write(5);
        fast.request(5);
        fast.awaitEvents(5);
        capture.close();
        assertThat(fast.awaitEnd()).isEqualTo(Listener.COMPLETE);

        assertThat(slow.end()).isNull();
        slow.request(4);
        assertThat(slow.numbers()).isEqualTo(numbersFrom(1, 5));
        assertThat(slow.end()).isEqualTo(Listener.COMPLETE);
    }

    @Test
    void theEndOfTheSourceCompletesTheStreamAfterEverything() {
        source.write(1_000);
        source.end();
        Listener listener = Listener.to(publisher).request(Long.MAX_VALUE);

        assertThat(listener.awaitEnd()).isEqualTo(Listener.COMPLETE);
        assertThat(listener.events()).hasSize(1_000);
        assertThat(capture.isOpen()).isTrue();
    }

    @Test
    void theFailureOfTheSourceIsTheStreamsAfterEverything() {
        source.write(1_000);
        source.fail(new IllegalStateException("the wire broke"));
        Listener listener = Listener.to(publisher).request(Long.MAX_VALUE);

        assertThat(listener.awaitEnd())
                .isInstanceOfSatisfying(
                        CaptureException.class, failure -> assertThat(failure).hasMessage("the wire broke"));
        assertThat(listener.events()).hasSize(1_000);
        assertThat(Listener.to(publisher).awaitEnd()).isSameAs(listener.end());
    }

    @Test
    void aCaptureInUseIsRefused() {
        source.write(1);
        AtomicReference<@Nullable Object> end = new AtomicReference<>();
        capture.poll(event -> end.set(Listener.to(publisher).request(1).awaitEnd()), 1);

        assertThat(end.get())
                .isInstanceOfSatisfying(
                        IllegalStateException.class,
                        failure -> assertThat(failure).hasMessageContaining("consuming"));
    }

    @Test
    void aSubscriberThatThrowsIsTakenOffAndTheOthersGoOn() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(CapturePublisher.class);
        logger.addAppender(log);
        logger.setAdditive(false);
        log.start();
        Listener broken = new Listener() {
            @Override
            public void onNext(SyscallEvent event) {
                super.onNext(event);
                throw new AssertionError("a bug");
            }
        };
        try {
            publisher.subscribe(broken);
            broken.request(Long.MAX_VALUE);
            Listener good = Listener.to(publisher).request(Long.MAX_VALUE);
            source.write(3);
            good.awaitEvents(3);
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
        }

        assertThat(broken.numbers()).containsExactly(1L);
        assertThat(broken.end()).isNull();
        assertThat(log.list).singleElement().satisfies(said -> {
            assertThat(said.getLevel()).isEqualTo(Level.WARN);
            assertThat(said.getFormattedMessage()).contains("subscriber").contains("counting");
            assertThat(said.getThrowableProxy().getMessage()).isEqualTo("a bug");
        });
    }

    @Test
    void aSubscriberThatBlocksHoldsUpTheReadingButNotTheClosing() throws InterruptedException {
        CountDownLatch blocking = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Listener blocked = new Listener() {
            @Override
            public void onNext(SyscallEvent event) {
                super.onNext(event);
                blocking.countDown();
                try {
                    assertThat(released.await(100, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        publisher.subscribe(blocked);
        blocked.request(Long.MAX_VALUE);
        source.write(1);
        assertThat(blocking.await(50, TimeUnit.SECONDS)).isTrue();
        source.write(CountingSource.TOO_MANY);
        assertThat(capture.stats().lost()).containsKey(LossReason.RING_FULL);

        capture.close();
        assertThat(capture.stats().imbalance()).isZero();
        assertThat(blocked.end()).isNull();
        released.countDown();
        assertThat(blocked.awaitEnd()).isEqualTo(Listener.COMPLETE);
    }

    @Test
    void anInterruptOfTheReaderIsForgotten() {
        Listener listener = new Listener() {
            @Override
            public void onNext(SyscallEvent event) {
                super.onNext(event);
                Thread.currentThread().interrupt();
            }
        };
        publisher.subscribe(listener);
        listener.request(2);
        source.write(1);
        listener.awaitEvents(1);
        await().until(() -> !reader().isInterrupted());
        source.write(1);
        listener.awaitEvents(2);

        assertThat(listener.end()).isNull();
    }

    @Test
    void nobodyCannotSubscribe() {
        assertThatThrownBy(() -> publisher.subscribe(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> CapturePublisher.of(null)).isInstanceOf(NullPointerException.class);
    }

    private static List<Long> numbersFrom(long first, int count) {
        return LongStream.range(first, first + count).boxed().toList();
    }

    private void awaitNoReader() {
        await().atMost(Duration.ofSeconds(50)).until(() -> reader() == null);
    }

    private @Nullable Thread reader() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("unraced-publisher-" + capture.driver()))
                .findAny()
                .orElse(null);
    }
}
