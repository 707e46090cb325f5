// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import static dev.unraced.selection.Mocks.AVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FlightCaptureTest {
    private final Driver driver = Mocks.driver("fake", AVAILABLE);
    private final CaptureConfig config = CaptureConfig.builder().driver("fake").build();
    private final Capture inner = driver.open(config);

    @TempDir
    private Path folder;

    // Stubs must be complete before Flight Recorder's thread asks, so tests change these fields instead.
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile CaptureStats stats = stats(Map.of());

    private Capture open() {
        when(inner.isOpen()).thenAnswer(call -> open.get());
        when(inner.mitigation()).thenReturn(Mitigation.STASH);
        when(inner.stats()).thenAnswer(call -> stats);
        doAnswer(call -> open.getAndSet(false)).when(inner).close();
        return Drivers.of(driver).open(config);
    }

    private static CaptureStats stats(Map<LossReason, Long> lost) {
        return CaptureStats.builder()
                .returned(100)
                .processEvents(20)
                .delivered(90)
                .pending(3)
                .lost(lost)
                .filtered(Map.of(FilterReason.SELF, 2L))
                .wakeups(7)
                .ringBytes(4096)
                .stashBytes(512)
                .stash(StashStats.builder()
                        .puts(9)
                        .takes(8)
                        .refused(6)
                        .live(1)
                        .capacity(16)
                        .build())
                .build();
    }

    private List<RecordedEvent> events(Recording recording) throws IOException {
        recording.stop();
        Path file = folder.resolve("flight.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.unraced."))
                .toList();
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = all(events, name);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<RecordedEvent> all(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.unraced." + name))
                .toList();
    }

    @Test
    void aRecordingTellsOfOpeningChangingLosingAndClosing() throws IOException {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.enable("dev.unraced.CaptureLoss").withPeriod(Duration.ofMillis(20));
            recording.enable("dev.unraced.CaptureStatistics").withPeriod(Duration.ofMillis(20));
            recording.start();
            Capture capture = open();
            capture.switchTo(Mitigation.OFF);
            capture.filterBy(EventFilters.NONE);
            verify(inner).filterBy(EventFilters.NONE);
            stats = stats(Map.of(LossReason.RING_FULL, 4L));
            verify(inner, timeout(50_000).atLeast(4)).stats();
            stats = stats(Map.of(LossReason.RING_FULL, 5L, LossReason.CLOSED, 3L));
            capture.close();
            capture.close();
            events = events(recording);
        }

        RecordedEvent open = only(events, "CaptureOpen");
        assertThat(open.getString("driver")).isEqualTo("fake");
        assertThat(open.getString("mitigation")).isEqualTo("STASH");
        assertThat(open.getLong("ringBytes")).isEqualTo(4096);
        assertThat(open.getLong("stashCapacity")).isEqualTo(16);

        RecordedEvent change = only(events, "MitigationChange");
        assertThat(change.getString("before")).isEqualTo("STASH");
        assertThat(change.getString("after")).isEqualTo("OFF");
        assertThat(change.getStackTrace().getFrames())
                .anyMatch(frame -> frame.getMethod().getName().startsWith("aRecordingTells"));

        List<RecordedEvent> losses = all(events, "CaptureLoss");
        assertThat(losses).allMatch(loss -> loss.getLong("capture") == open.getLong("capture"));
        assertThat(sum(losses, "RING_FULL")).isEqualTo(5);
        assertThat(sum(losses, "CLOSED")).isEqualTo(3);
        assertThat(losses.get(losses.size() - 1).getLong("total")).isIn(3L, 5L);

        RecordedEvent statistics = all(events, "CaptureStatistics").get(0);
        assertThat(statistics.getLong("pending")).isEqualTo(3);
        assertThat(statistics.getLong("processEvents")).isEqualTo(20);
        assertThat(statistics.getLong("stashLive")).isEqualTo(1);

        RecordedEvent close = only(events, "CaptureClose");
        assertThat(close.getLong("processEvents")).isEqualTo(20);
        assertThat(close.getLong("delivered")).isEqualTo(90);
        assertThat(close.getLong("lost")).isEqualTo(8);
        assertThat(close.getLong("filtered")).isEqualTo(2);
        assertThat(close.getLong("stashRefused")).isEqualTo(6);
        assertThat(close.getDuration("openFor")).isPositive();
    }

    private static long sum(List<RecordedEvent> losses, String reason) {
        return losses.stream()
                .filter(loss -> loss.getString("reason").equals(reason))
                .mapToLong(loss -> loss.getLong("lost"))
                .sum();
    }

    @Test
    void aCaptureThatItsHandlerClosesIsRecordedWithItsFinalStatistics() throws IOException {
        List<RecordedEvent> events;
        try (Recording recording = new Recording()) {
            recording.start();
            AtomicReference<Capture> opened = new AtomicReference<>();
            doAnswer(call -> {
                        opened.get().close();
                        stats = stats(Map.of(LossReason.CLOSED, 2L));
                        return 1;
                    })
                    .when(inner)
                    .poll(any(), anyInt());
            opened.set(open());
            assertThat(opened.get().poll(event -> {}, 1)).isEqualTo(1);
            events = events(recording);
        }

        assertThat(only(events, "CaptureClose").getLong("lost")).isEqualTo(2);
    }

    @Test
    void afterTheCloseNobodyLooksAtTheStatisticsAnyMore() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("dev.unraced.CaptureStatistics").withPeriod(Duration.ofMillis(10));
            recording.start();
            Capture capture = open();
            verify(inner, timeout(50_000).atLeast(3)).stats();
            AtomicInteger looks = new AtomicInteger();
            try (Capture other = openOther(looks)) {
                capture.close();
                clearInvocations(inner);
                // Flight Recorder looks at all captures in turn, so it has had several turns then.
                int turns = looks.get();
                await().atMost(Duration.ofSeconds(50)).until(() -> looks.get() > turns + 3);
                verify(inner, never()).stats();
                assertThat(other.isOpen()).isTrue();
            }
        }
    }

    @Test
    void aCaptureThatFailsToCloseIsLookedAtNoMore() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("dev.unraced.CaptureStatistics").withPeriod(Duration.ofMillis(10));
            recording.start();
            Capture capture = open();
            doThrow(new IllegalStateException("no end")).when(inner).close();
            verify(inner, timeout(50_000).atLeast(3)).stats();
            AtomicInteger looks = new AtomicInteger();
            try (Capture other = openOther(looks)) {
                assertThatThrownBy(capture::close).hasMessage("no end");
                clearInvocations(inner);
                int turns = looks.get();
                await().atMost(Duration.ofSeconds(50)).until(() -> looks.get() > turns + 3);
                verify(inner, never()).stats();
                assertThat(other.isOpen()).isTrue();
            }
            assertThat(all(events(recording), "CaptureClose")).as("of both").hasSize(2);
        }
    }

    private Capture openOther(AtomicInteger looks) {
        Driver driver = Mocks.driver("other", AVAILABLE);
        CaptureConfig config = CaptureConfig.builder().driver("other").build();
        Capture other = driver.open(config);
        when(other.isOpen()).thenReturn(true);
        when(other.mitigation()).thenReturn(Mitigation.STASH);
        when(other.stats()).thenAnswer(call -> {
            looks.incrementAndGet();
            return stats;
        });
        return Drivers.of(driver).open(config);
    }

    @Test
    void allElseReachesTheDriversCapture() {
        Capture capture = open();
        when(inner.await(any(), anyInt(), anyLong())).thenReturn(3);
        when(inner.isEnded()).thenReturn(true);
        when(inner.enterEvents()).thenReturn(true);
        when(inner.capabilities()).thenReturn(Capabilities.complete());
        doAnswer(call -> {
                    throw new CaptureException("it failed");
                })
                .when(inner)
                .consume(any());

        assertThat(capture.await(event -> {}, 5, 6)).isEqualTo(3);
        assertThat(capture.isEnded()).isTrue();
        assertThat(capture.enterEvents()).isTrue();
        assertThat(capture.capabilities()).isEqualTo(Capabilities.complete());
        assertThat(capture.driver()).isEqualTo("fake");
        assertThat(capture.mitigation()).isEqualTo(Mitigation.STASH);
        capture.publishEnterEvents(true);
        verify(inner).publishEnterEvents(true);
        assertThatThrownBy(() -> capture.consume(event -> {})).hasMessage("it failed");
    }
}
