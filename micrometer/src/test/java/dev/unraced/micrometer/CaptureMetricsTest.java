// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.tck.MeterRegistryAssert;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CaptureMetricsTest {
    private static final CaptureStats STATS = CaptureStats.builder()
            .returned(60)
            .entered(5)
            .processEvents(40)
            .delivered(90)
            .pending(3)
            .lost(Map.of(LossReason.RING_FULL, 4L))
            .filtered(Map.of(FilterReason.SELF, 8L))
            .wakeups(7)
            .ringBytes(4096)
            .stashBytes(512)
            .stash(StashStats.builder()
                    .puts(20)
                    .takes(11)
                    .evicted(1)
                    .reclaimed(2)
                    .stale(3)
                    .refused(6)
                    .live(3)
                    .capacity(16)
                    .build())
            .copiesMissed(9)
            .heaviest(List.of(new CallerLosses(1000, 7, 3), new CallerLosses(0, 1, 1)))
            .build();

    private final Capture capture = mock(Capture.class);
    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    private CaptureMetrics bind() {
        when(capture.driver()).thenReturn("fake");
        when(capture.stats()).thenReturn(STATS);
        when(capture.mitigation()).thenReturn(Mitigation.STASH);
        when(capture.isOpen()).thenReturn(true);
        CaptureMetrics metrics = new CaptureMetrics(capture, Tags.of("agent", "one"));
        metrics.bindTo(registry);
        return metrics;
    }

    private double value(CaptureMeter meter, String... tags) {
        Meter found = registry.get(meter.getName())
                .tag("driver", "fake")
                .tag("agent", "one")
                .tags(tags)
                .meter();
        return found.measure().iterator().next().getValue();
    }

    @Test
    void everyFigureOfTheStatisticsHasItsMeter() {
        bind();

        assertThat(value(CaptureMeter.RETURNED)).isEqualTo(60);
        assertThat(value(CaptureMeter.ENTERED)).isEqualTo(5);
        assertThat(value(CaptureMeter.PROCESS_EVENTS)).isEqualTo(40);
        assertThat(value(CaptureMeter.DELIVERED)).isEqualTo(90);
        assertThat(value(CaptureMeter.PENDING)).isEqualTo(3);
        assertThat(value(CaptureMeter.LOST, "reason", "ring_full")).isEqualTo(4);
        assertThat(value(CaptureMeter.LOST, "reason", "closed")).isZero();
        assertThat(value(CaptureMeter.LOST_HEAVIEST, "rank", "first")).isEqualTo(3);
        assertThat(value(CaptureMeter.LOST_HEAVIEST, "rank", "second")).isEqualTo(1);
        assertThat(value(CaptureMeter.LOST_HEAVIEST, "rank", "third")).isZero();
        assertThat(value(CaptureMeter.FILTERED, "reason", "self")).isEqualTo(8);
        assertThat(value(CaptureMeter.FILTERED, "reason", "mount_ns")).isZero();
        assertThat(value(CaptureMeter.COPIES_MISSED)).isEqualTo(9);
        assertThat(value(CaptureMeter.WAKEUPS)).isEqualTo(7);
        assertThat(value(CaptureMeter.RING_SIZE)).isEqualTo(4096);
        assertThat(value(CaptureMeter.STASH_SIZE)).isEqualTo(512);
        assertThat(value(CaptureMeter.STASH_STORED)).isEqualTo(20);
        assertThat(value(CaptureMeter.STASH_REMOVED, "cause", "taken")).isEqualTo(11);
        assertThat(value(CaptureMeter.STASH_REMOVED, "cause", "evicted")).isEqualTo(1);
        assertThat(value(CaptureMeter.STASH_REMOVED, "cause", "reclaimed")).isEqualTo(2);
        assertThat(value(CaptureMeter.STASH_REMOVED, "cause", "stale")).isEqualTo(3);
        assertThat(value(CaptureMeter.STASH_REFUSED)).isEqualTo(6);
        assertThat(value(CaptureMeter.STASH_LIVE)).isEqualTo(3);
        assertThat(value(CaptureMeter.STASH_CAPACITY)).isEqualTo(16);
        assertThat(value(CaptureMeter.MITIGATION, "mode", "stash")).isEqualTo(1);
        assertThat(value(CaptureMeter.MITIGATION, "mode", "off")).isZero();
        assertThat(value(CaptureMeter.OPEN)).isEqualTo(1);
    }

    @Test
    void theMetersBalanceAsTheStatisticsDo() {
        bind();

        assertThat(STATS.imbalance()).isZero();
        assertThat(sum(CaptureMeter.RETURNED) + sum(CaptureMeter.ENTERED) + sum(CaptureMeter.PROCESS_EVENTS))
                .isEqualTo(sum(CaptureMeter.DELIVERED)
                        + sum(CaptureMeter.PENDING)
                        + sum(CaptureMeter.LOST)
                        + sum(CaptureMeter.FILTERED));
    }

    /** Adds up a meter's values for all values of its further tag. */
    private double sum(CaptureMeter meter) {
        return registry.get(meter.getName()).meters().stream()
                .mapToDouble(each -> each.measure().iterator().next().getValue())
                .sum();
    }

    @Test
    void aConsumerThatHandsNothingOverIsSeen() {
        bind();
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isZero();
        clock.add(Duration.ofSeconds(40));
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isEqualTo(40);

        when(capture.stats()).thenReturn(delivered(91, 2));
        clock.add(Duration.ofSeconds(5));
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isZero();
        clock.add(Duration.ofSeconds(5));
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isEqualTo(5);

        when(capture.stats()).thenReturn(delivered(91, 0));
        clock.add(Duration.ofSeconds(5));
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isZero();

        when(capture.stats()).thenReturn(STATS);
        when(capture.isOpen()).thenReturn(false);
        clock.add(Duration.ofSeconds(5));
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isZero();
    }

    @Test
    void aConsumerThatDiedIsSeenOnAnIdleMachine() {
        bind();
        when(capture.stats()).thenReturn(consumer(true, 2));
        assertThat(value(CaptureMeter.CONSUMER_ALIVE)).isEqualTo(1);
        assertThat(value(CaptureMeter.CONSUMER_IDLE)).isEqualTo(2);

        when(capture.stats()).thenReturn(consumer(false, 15));
        clock.add(Duration.ofSeconds(13));
        assertThat(value(CaptureMeter.CONSUMER_ALIVE)).isZero();
        assertThat(value(CaptureMeter.CONSUMER_IDLE)).isEqualTo(15);
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).as("nothing waits").isZero();
        assertThat(value(CaptureMeter.OPEN)).isEqualTo(1);
    }

    private static CaptureStats consumer(boolean alive, long idleSeconds) {
        return CaptureStats.builder()
                .returned(90)
                .delivered(90)
                .consuming(alive)
                .sinceHandoverNanos(Duration.ofSeconds(idleSeconds).toNanos())
                .build();
    }

    private static CaptureStats delivered(long delivered, long pending) {
        return CaptureStats.builder()
                .returned(100)
                .entered(5)
                .delivered(delivered)
                .pending(pending)
                .wakeups(7)
                .ringBytes(4096)
                .stashBytes(512)
                .stash(STATS.stash())
                .copiesMissed(9)
                .build();
    }

    @Test
    void metersAreWhatTheirDocumentationSays() {
        bind();

        assertThat(registry.getMeters().stream().map(meter -> meter.getId().getName()))
                .containsOnly(Arrays.stream(CaptureMeter.values())
                        .map(CaptureMeter::getName)
                        .toArray(String[]::new));
        for (CaptureMeter documented : CaptureMeter.values()) {
            List<String> keys = Arrays.stream(documented.getKeyNames())
                    .map(key -> key.asString())
                    .toList();
            MeterRegistryAssert.assertThat(registry).hasMeterWithName(documented.getName());
            assertThat(registry.get(documented.getName()).meters()).isNotEmpty().allSatisfy(meter -> {
                assertThat(meter.getId().getType()).isEqualTo(documented.getType());
                assertThat(meter.getId().getBaseUnit()).isEqualTo(documented.getBaseUnit());
                assertThat(meter.getId().getDescription()).isEqualTo(documented.description());
                assertThat(meter.getId().getTags().stream().map(Tag::getKey).filter(key -> !key.equals("agent")))
                        .containsExactlyInAnyOrderElementsOf(keys);
            });
        }
    }

    @Test
    void namesAndTagsKeepTheConventions() {
        bind();

        assertThat(registry.getMeters()).allSatisfy(meter -> {
            assertThat(meter.getId().getName()).matches("unraced(\\.[a-z]+)+");
            assertThat(meter.getId().getTags()).allSatisfy(tag -> {
                assertThat(tag.getKey()).matches("[a-z]+");
                assertThat(tag.getValue()).matches("[a-z_]+");
            });
        });
    }

    @Test
    void theStatisticsAndTheModeAreReadOncePerScrape() {
        bind();
        registry.getMeters().forEach(Meter::measure);
        registry.getMeters().forEach(meter -> meter.measure().forEach(sample -> sample.getValue()));
        verify(capture, times(1)).stats();
        verify(capture, times(1)).mitigation();

        clock.add(Duration.ofSeconds(10));
        registry.getMeters().forEach(meter -> meter.measure().forEach(sample -> sample.getValue()));
        verify(capture, times(2)).stats();
        verify(capture, times(2)).mitigation();
    }

    @Test
    void aServerThatIsSlowIsAskedOncePerScrape() {
        bind();
        when(capture.stats()).thenAnswer(call -> {
            clock.add(Duration.ofSeconds(5));
            return STATS;
        });
        registry.getMeters().forEach(meter -> meter.measure().forEach(sample -> sample.getValue()));
        verify(capture, times(1)).stats();
        verify(capture, times(1)).mitigation();
        assertThat(value(CaptureMeter.CONSUMER_STALLED)).isZero();
    }

    @Test
    void closingTakesTheMetersOutOfEveryRegistry() {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        CaptureMetrics metrics = bind();
        metrics.bindTo(other);
        assertThat(other.getMeters()).hasSameSizeAs(registry.getMeters());

        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(other.getMeters()).isEmpty();
    }

    @Test
    void twoCapturesOfOneDriverAreToldApartByTags() {
        bind();
        int meters = registry.getMeters().size();
        new CaptureMetrics(capture, Tags.of("agent", "two")).bindTo(registry);

        assertThat(registry.getMeters()).hasSize(2 * meters);
    }

    @Test
    void aCompositeRegistryTakesThem() {
        bind();
        CompositeMeterRegistry composite = new CompositeMeterRegistry(Clock.SYSTEM, List.of(new SimpleMeterRegistry()));
        new CaptureMetrics(capture).bindTo(composite);

        assertThat(composite.get("unraced.delivered").functionCounter().count()).isEqualTo(90);
    }

    @Test
    void aScrapeByPrometheusShowsACaptureOfTheSimulator() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        SimKernel kernel = SimKernel.create();
        try (Capture live = kernel.capture(CaptureConfig.builder().driver("sim").build());
                CaptureMetrics metrics = new CaptureMetrics(live)) {
            metrics.bindTo(prometheus);
            SimProcess process = kernel.process("cat");
            process.thread().openat("/etc/hostname").finish();
            process.thread().openat("/missing").finish();
            live.poll(event -> {}, 1);

            assertThat(prometheus.scrape().lines())
                    .contains(
                            "unraced_returned_calls_total{driver=\"sim\"} 2.0",
                            "unraced_process_events_total{driver=\"sim\"} 0.0",
                            "unraced_delivered_events_total{driver=\"sim\"} 1.0",
                            "unraced_pending_events{driver=\"sim\"} 1.0",
                            "unraced_lost_events_total{driver=\"sim\",reason=\"ring_full\"} 0.0",
                            "unraced_filtered_calls_total{driver=\"sim\",reason=\"self\"} 0.0",
                            "unraced_wakeups_total{driver=\"sim\"} 0.0",
                            "unraced_stash_removed_entries_total{cause=\"taken\",driver=\"sim\"} 2.0",
                            "unraced_stash_capacity_entries{driver=\"sim\"} 8192.0",
                            "unraced_mitigation{driver=\"sim\",mode=\"stash\"} 1.0",
                            "unraced_open{driver=\"sim\"} 1.0")
                    .anyMatch(line -> line.startsWith("unraced_ring_size_bytes{driver=\"sim\"} "));
        }
    }

    /** The rows of the table, in the order of the meters, and no others. */
    @Test
    void theManualHasTheTableOfMeters() throws IOException {
        List<String> rows = Arrays.stream(CaptureMeter.values())
                .map(meter -> {
                    String keys = Arrays.stream(meter.getKeyNames())
                            .skip(1)
                            .map(key -> "`" + key.asString() + "`")
                            .collect(Collectors.joining(", "));
                    String unit = meter.getBaseUnit() == null ? "" : meter.getBaseUnit();
                    String kind = meter.getType().name().toLowerCase(Locale.ROOT);
                    return "| `%s` | %s | %s | %s | %s |"
                            .formatted(meter.getName(), kind, unit, keys, meter.description());
                })
                .toList();
        assertThat(Files.readString(Path.of("../docs/reference/metrics.md"))
                        .lines()
                        .filter(line -> line.startsWith("| `unraced.")))
                .containsExactlyElementsOf(rows);
    }
}
