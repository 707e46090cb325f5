// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.atMost;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.LossReason;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.record.RecordView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.InOrder;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;
import org.mockito.stubbing.Answer;

@ExtendWith(MockitoExtension.class)
@Timeout(60)
class RingCaptureTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(50);

    @Mock
    private RingSource source;

    private final MemoryRing ring = new MemoryRing(1 << 16);
    private RingCapture capture;
    private long submitted;

    @BeforeEach
    void open() {
        lenient().when(source.mitigation()).thenReturn(Mitigation.STASH);
        lenient()
                .when(source.stats())
                .thenAnswer(call -> SourceStats.builder()
                        .returned(submitted + 2)
                        .submitted(submitted)
                        .lost(Map.of(LossReason.RING_FULL, 2L))
                        .build());
        capture = new RingCapture(
                "fake", Capabilities.complete().without(Mitigation.KERNEL, "it is a fake"), ring.reader(), source);
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            ring.open("/x");
            submitted++;
        }
    }

    @Test
    void theStatisticsBalanceBeforeAndAfterClosing() {
        write(3);
        capture.poll(event -> {}, 2);

        assertThat(capture.stats().delivered()).isEqualTo(2);
        assertThat(capture.stats().pending()).isEqualTo(1);
        assertThat(capture.stats().imbalance()).isZero();

        capture.close();
        assertThat(capture.stats().pending()).isZero();
        assertThat(capture.stats().lost()).isEqualTo(Map.of(LossReason.RING_FULL, 2L, LossReason.CLOSED, 1L));
        assertThat(capture.stats().imbalance()).isZero();
    }

    @Test
    void awaitSleepsOnlyAfterItHasNapped() {
        doAnswer(call -> {
                    write(1);
                    return null;
                })
                .when(source)
                .await(anyLong());

        assertThat(capture.await(event -> {}, 10, LONG)).isEqualTo(1);

        InOrder order = inOrder(source);
        order.verify(source).arm();
        order.verify(source).await(anyLong());
        order.verify(source).disarm();
    }

    @Test
    void eventsThatAreThereCostNoWakeUp() {
        write(5);

        assertThat(capture.await(event -> {}, 10, LONG)).isEqualTo(5);

        verify(source, never()).arm();
    }

    @Test
    void whatArrivesBetweenTheLastLookAndTheArmingIsNotSleptOver() {
        doAnswer(call -> {
                    write(1);
                    return null;
                })
                .when(source)
                .arm();

        assertThat(capture.await(event -> {}, 10, LONG)).isEqualTo(1);

        verify(source, never()).await(anyLong());
    }

    @Test
    void aRecordThatIsNotWrittenToItsEndCostsNoWholeCore() {
        ring.raw(new byte[64], MemoryRing.BUSY);

        assertThat(capture.await(event -> {}, 10, 100 * RingCapture.NAP_NANOS)).isZero();

        verify(source, atMost(100)).arm();
        verify(source, never()).await(anyLong());
    }

    @Test
    void awaitEndsWithItsTime() {
        assertThat(capture.await(event -> {}, 10, 1_000)).isZero();
    }

    @Test
    void anInterruptedThreadAsksAndClosesTheSourceInFull() {
        List<String> interrupted = new ArrayList<>();
        Answer<Object> note = call -> {
            if (Thread.currentThread().isInterrupted()) {
                interrupted.add(call.getMethod().getName());
            }
            // A step that waits can be interrupted itself; the next one must not give up for that.
            Thread.currentThread().interrupt();
            return switch (call.getMethod().getName()) {
                case "stats" -> SourceStats.builder().build();
                case "gaps" -> List.of();
                case "filters" -> EventFilters.NONE;
                case "mitigation" -> Mitigation.STASH;
                case "enterEvents" -> false;
                default -> null;
            };
        };
        RingSource asked = mock(RingSource.class, note);
        RingCapture watched = new RingCapture("fake", Capabilities.complete(), ring.reader(), asked);
        interrupted.clear();

        for (Runnable step : List.<Runnable>of(
                watched::stats,
                watched::gaps,
                watched::filters,
                watched::mitigation,
                watched::enterEvents,
                () -> watched.filterBy(EventFilters.NONE),
                () -> watched.switchTo(Mitigation.OFF),
                () -> watched.publishEnterEvents(true),
                watched::close)) {
            Thread.currentThread().interrupt();
            step.run();
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(interrupted).isEmpty();
        verify(asked).stop();
        verify(asked).release();
    }

    @Test
    void anInterruptEndsAwaitAndStaysSet() {
        Thread.currentThread().interrupt();

        assertThat(capture.await(event -> {}, 10, LONG)).isZero();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closingFromAnotherThreadWakesTheSleeperAndReleasesAfterIt() throws InterruptedException {
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch woken = new CountDownLatch(1);
        doAnswer(call -> {
                    asleep.countDown();
                    assertThat(woken.await(50, TimeUnit.SECONDS)).isTrue();
                    verify(source, never()).release();
                    return null;
                })
                .when(source)
                .await(anyLong());
        doAnswer(call -> {
                    woken.countDown();
                    return null;
                })
                .when(source)
                .wake();
        Thread runner = new Thread(() -> capture.consume(event -> {}));
        runner.start();
        assertThat(asleep.await(50, TimeUnit.SECONDS)).isTrue();

        capture.close();
        runner.join();

        InOrder order = inOrder(source);
        order.verify(source).stop();
        order.verify(source).release();
        assertThat(capture.isOpen()).isFalse();
    }

    @Test
    void closingFromTheHandlerTakesEffectWhenItReturns() {
        write(2);

        capture.consume(event -> {
            capture.close();
            verify(source, never()).release();
        });

        verify(source, times(1)).release();
        assertThat(capture.stats().delivered()).isEqualTo(1);
        assertThat(capture.stats().lost()).containsEntry(LossReason.CLOSED, 1L);
    }

    @Test
    void closingTwiceReleasesOnce() {
        capture.close();
        capture.close();

        verify(source, times(1)).release();
    }

    @Test
    void aSourceThatCannotStopLeavesItsLastStatisticsAndIsNotAskedAfterItsRelease() {
        write(3);
        capture.poll(event -> {}, 2);
        doThrow(new IllegalStateException("cannot stop")).when(source).stop();
        forbidAfterRelease();

        assertThatThrownBy(capture::close).hasMessage("cannot stop");

        verify(source, times(1)).release();
        assertThat(capture.stats().delivered()).isEqualTo(2);
        assertThat(capture.stats().pending()).isZero();
        assertThat(capture.stats().lost()).containsEntry(LossReason.CLOSED, 1L);
        assertThat(capture.stats().imbalance()).isZero();
        assertThat(capture.mitigation()).isEqualTo(Mitigation.STASH);
        assertThat(capture.enterEvents()).isFalse();
        assertThat(capture.gaps()).isEmpty();
        assertThatThrownBy(() -> capture.switchTo(Mitigation.OFF)).hasMessageContaining("closed");
        capture.close();
        verify(source, times(1)).release();
    }

    @Test
    void aSourceThatFailsToTellItsStatisticsAtTheEndLeavesThoseThatItToldBefore() {
        write(3);
        capture.poll(event -> {}, 3);
        assertThat(capture.stats().returned()).isEqualTo(5);
        when(source.stats()).thenThrow(new OutOfMemoryError("no room for statistics"));
        forbidAfterRelease();

        assertThatThrownBy(capture::close).isInstanceOf(OutOfMemoryError.class);

        verify(source, times(1)).release();
        assertThat(capture.stats().returned()).isEqualTo(5);
        assertThat(capture.stats().delivered()).isEqualTo(3);
        assertThat(capture.stats().imbalance()).isZero();
    }

    /** Makes each call to a released source fail: its memory is unmapped, so a real call would crash the process. */
    private void forbidAfterRelease() {
        doAnswer(call -> {
                    IllegalStateException unmapped = new IllegalStateException("the memory is unmapped");
                    lenient().doThrow(unmapped).when(source).stats();
                    lenient().doThrow(unmapped).when(source).gaps();
                    lenient().doThrow(unmapped).when(source).mitigation();
                    lenient().doThrow(unmapped).when(source).enterEvents();
                    return null;
                })
                .when(source)
                .release();
    }

    @Test
    void aViewThatAHandlerKeptPointsAtNothingAfterTheClose() {
        write(2);
        List<EventView> kept = new ArrayList<>();
        List<BytesView> keptPaths = new ArrayList<>();
        capture.poll(
                event -> {
                    kept.add(event);
                    keptPaths.add(event.path());
                },
                1);
        assertThat(kept.get(0).result()).isEqualTo(3);

        capture.close();

        assertPointsAtNothing(kept.get(0), keptPaths.get(0));
    }

    @Test
    void soDoViewsOfSeveralRings() {
        MemoryRing other = new MemoryRing(1 << 16);
        RingCapture merged = new RingCapture(
                "fake", Capabilities.complete(), new MergingReader(List.of(ring.reader(), other.reader())), source);
        ring.open(1, 1);
        other.open(2, 2);
        List<EventView> kept = new ArrayList<>();
        List<BytesView> keptPaths = new ArrayList<>();
        assertThat(merged.poll(
                        event -> {
                            kept.add(event);
                            keptPaths.add(event.path());
                        },
                        2))
                .isEqualTo(2);

        merged.close();

        assertPointsAtNothing(kept.get(0), keptPaths.get(0));
        assertPointsAtNothing(kept.get(1), keptPaths.get(1));
    }

    private static void assertPointsAtNothing(EventView view, BytesView bytes) {
        for (ThrowingCallable read : List.<ThrowingCallable>of(
                view::result,
                view::length,
                view::snapshot,
                view::comm,
                view::path,
                () -> bytes.byteAt(0),
                bytes::toByteString)) {
            assertThatThrownBy(read).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(RecordView.of(view).buffer().capacity()).isZero();
    }

    @Test
    void aClosedCaptureSaysSo() {
        capture.close();

        assertThatThrownBy(() -> capture.poll(event -> {}, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> capture.consume(event -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> capture.switchTo(Mitigation.OFF)).hasMessageContaining("closed");
        assertThat(capture.mitigation()).isEqualTo(Mitigation.STASH);
    }

    @Test
    void aSecondConsumerIsRefused() {
        write(1);

        capture.poll(
                event -> assertThatThrownBy(() -> capture.poll(other -> {}, 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("consuming"),
                1);
    }

    @Test
    void aHandlerThatThrowsLosesNothing() {
        write(2);

        assertThatThrownBy(() -> capture.poll(
                        event -> {
                            throw new IllegalArgumentException("handler");
                        },
                        5))
                .hasMessage("handler");

        assertThat(capture.poll(event -> {}, 5)).isEqualTo(1);
        assertThat(capture.stats().delivered()).isEqualTo(2);
        assertThat(capture.stats().handlerFailures()).isEqualTo(1);
        capture.close();
        assertThat(capture.stats().handlerFailures()).isEqualTo(1);
    }

    @Test
    void aConsumerThatDiedIsSeenThoughNothingHappens() {
        AtomicLong clock = new AtomicLong();
        RingCapture watched = new RingCapture("fake", Capabilities.complete(), ring.reader(), source, clock::get);
        write(1);
        clock.set(TimeUnit.SECONDS.toNanos(30));
        assertThatThrownBy(() -> watched.consume(event -> {
                    throw new IllegalArgumentException("handler");
                }))
                .hasMessage("handler");
        assertThat(watched.stats().consuming()).isTrue();
        assertThat(watched.stats().sinceHandoverNanos()).isZero();

        clock.addAndGet(TimeUnit.SECONDS.toNanos(11));
        assertThat(watched.stats().pending()).isZero();
        assertThat(watched.stats().consuming()).isFalse();
        assertThat(watched.stats().sinceHandoverNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(11));

        write(1);
        watched.poll(event -> assertThat(watched.stats().consuming()).isTrue(), 5);
        assertThat(watched.stats().consuming()).isTrue();
        assertThat(watched.stats().sinceHandoverNanos()).isZero();
        watched.close();
        clock.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(watched.stats().consuming()).isFalse();
        assertThat(watched.stats().sinceHandoverNanos()).isZero();
    }

    @Test
    void aModeThatTheDriverLacksIsRefusedWithItsReason() {
        assertThatThrownBy(() -> capture.switchTo(Mitigation.KERNEL))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("lacks mitigation kernel")
                .hasMessageContaining("it is a fake");
        verify(source, never()).switchTo(Mitigation.KERNEL);
    }

    @Test
    void enterEventsThatTheDriverLacksAreRefusedWithItsReason() {
        RingCapture without = new RingCapture(
                "fake",
                Capabilities.complete().without(Feature.ENTER_EVENTS, "merged ones alone"),
                ring.reader(),
                source);
        assertThatThrownBy(() -> without.publishEnterEvents(true))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("merged ones alone");
        without.publishEnterEvents(false);
        verify(source, never()).publishEnterEvents(true);
        capture.publishEnterEvents(true);
        verify(source).publishEnterEvents(true);
    }

    @Test
    void filtersThatTheDriverCannotChangeToAreRefusedWithItsReason() {
        EventFilters failed =
                new EventFilters(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.FAILED);
        RingCapture without = new RingCapture(
                "fake", Capabilities.complete().without(Feature.LIVE_FILTERS, "set in stone"), ring.reader(), source);
        assertThatThrownBy(() -> without.filterBy(failed))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("set in stone");
        assertThatThrownBy(without::filters).isInstanceOf(CaptureException.class);
        RingCapture lesser = new RingCapture(
                "fake",
                Capabilities.complete().without(Feature.FILTER_RESULT, "it sees no result"),
                ring.reader(),
                source);
        assertThatThrownBy(() -> lesser.filterBy(failed))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("it sees no result");
        verify(source, never()).filterBy(any());

        capture.filterBy(failed);

        verify(source).filterBy(failed);
    }

    @Test
    void filtersStayKnownAfterTheEnd() {
        EventFilters failed =
                new EventFilters(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), List.of(), ResultFilter.FAILED);
        when(source.filters()).thenReturn(failed);

        capture.close();

        assertThat(capture.filters()).isEqualTo(failed);
        assertThatThrownBy(() -> capture.filterBy(EventFilters.NONE))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThatThrownBy(() -> capture.poll(event -> {}, 0)).hasMessageContaining("1 or more");
    }

    @Test
    void aSourceThatHasEndedEndsTheCaptureOnceEverythingIsHandedOver() {
        write(2);
        when(source.isEnded()).thenReturn(true);

        assertThat(capture.await(event -> {}, 1, LONG)).isEqualTo(1);
        assertThat(capture.isEnded()).isFalse();
        capture.consume(event -> {});

        assertThat(capture.isEnded()).isTrue();
        assertThat(capture.stats().delivered()).isEqualTo(2);
        assertThat(capture.await(event -> {}, 1, LONG)).isZero();
        assertThat(capture.poll(event -> {}, 1)).isZero();
        capture.consume(event -> {});
        assertThat(capture.isOpen()).isTrue();
    }

    @Test
    void whatIsWrittenJustBeforeTheEndIsHandedOver() {
        // The last record arrives after the reader has looked for it, and before it asks for the end.
        when(source.isEnded()).thenAnswer(call -> {
            if (submitted == 0) {
                write(1);
            }
            return true;
        });

        assertThat(capture.await(event -> {}, 10, LONG)).isEqualTo(1);
    }

    @Test
    void aSourceThatEndsWakesTheSleeper() {
        doAnswer(call -> {
                    when(source.isEnded()).thenReturn(true);
                    return null;
                })
                .when(source)
                .await(anyLong());

        capture.consume(event -> {});

        assertThat(capture.isEnded()).isTrue();
    }

    @Test
    void aSourceThatFailedSaysSoEachTimeAfterEverythingIsHandedOver() {
        write(2);
        IllegalStateException broken = new IllegalStateException("the wire broke at byte 7");
        when(source.isEnded()).thenReturn(true);
        when(source.failure()).thenReturn(broken);

        assertThat(capture.poll(event -> {}, 10)).isEqualTo(2);
        for (ThrowingCallable consume : List.<ThrowingCallable>of(
                () -> capture.poll(event -> {}, 10),
                () -> capture.await(event -> {}, 10, LONG),
                () -> capture.consume(event -> {}))) {
            assertThatThrownBy(consume)
                    .isInstanceOf(CaptureException.class)
                    .hasMessage("the wire broke at byte 7")
                    .hasCause(broken);
        }
        assertThat(capture.isEnded()).isTrue();
        capture.close();
        assertThat(capture.stats().imbalance()).isZero();
    }

    @Test
    void anEndIsNotAskedForWhileEventsCome() {
        write(3);

        capture.poll(event -> {}, 10);

        verify(source, never()).isEnded();
    }
}
