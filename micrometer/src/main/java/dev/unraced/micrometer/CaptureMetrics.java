// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import dev.unraced.capture.CallerLosses;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.capture.LossReason;
import dev.unraced.capture.StashStats;
import dev.unraced.event.Mitigation;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToDoubleFunction;

/**
 * Binds the statistics of a capture to a registry, as the meters that {@link CaptureMeter} lists. Thread-safe.
 *
 * <p>An event costs nothing extra: statistics and mode are read when the registry asks, and once for all meters that it
 * asks for within {@value CachedStats#FRESH_MILLIS} ms. The registry keeps the capture reachable until {@link #close};
 * a capture that is closed keeps its last figures until then.
 */
public final class CaptureMetrics implements MeterBinder, AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<String> RANKS = List.of("first", "second", "third");

    private final Capture capture;
    private final Tags tags;
    private final Queue<Bound> bound = new ConcurrentLinkedQueue<>();

    /** Makes metrics of a capture, tagged with its driver. */
    public CaptureMetrics(Capture capture) {
        this(capture, Tags.empty());
    }

    /** Makes metrics of a capture with more tags beside its driver, which tell two captures of one driver apart. */
    public CaptureMetrics(Capture capture, Iterable<Tag> tags) {
        this.capture = capture;
        this.tags = Tags.of(tags).and(CaptureTag.DRIVER.asString(), capture.driver());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        CachedStats cached = new CachedStats(capture, registry.config().clock());
        Binding binding = new Binding(registry, cached);
        binding.bind(CaptureMeter.RETURNED, CaptureStats::returned);
        binding.bind(CaptureMeter.ENTERED, CaptureStats::entered);
        binding.bind(CaptureMeter.PROCESS_EVENTS, CaptureStats::processEvents);
        binding.bind(CaptureMeter.DELIVERED, CaptureStats::delivered);
        binding.bind(CaptureMeter.PENDING, CaptureStats::pending);
        binding.bind(CaptureMeter.CONSUMER_ALIVE, stats -> capture.isOpen() && stats.consuming() ? 1 : 0);
        binding.bind(CaptureMeter.CONSUMER_IDLE, stats -> stats.sinceHandoverNanos() / NANOS_PER_SECOND);
        binding.bind(CaptureMeter.CONSUMER_STALLED, stats -> cached.stalledSeconds());
        binding.bind(CaptureMeter.CONSUMER_FAILURES, CaptureStats::handlerFailures);
        for (LossReason reason : LossReason.values()) {
            binding.bind(CaptureMeter.LOST, tag(CaptureTag.REASON, reason), stats -> of(stats.lost(), reason));
        }
        for (int i = 0; i < RANKS.size(); i++) {
            bindRank(binding, i);
        }
        for (FilterReason reason : FilterReason.values()) {
            binding.bind(CaptureMeter.FILTERED, tag(CaptureTag.REASON, reason), stats -> of(stats.filtered(), reason));
        }
        binding.bind(CaptureMeter.COPIES_MISSED, CaptureStats::copiesMissed);
        binding.bind(CaptureMeter.WAKEUPS, CaptureStats::wakeups);
        binding.bind(CaptureMeter.RING_SIZE, CaptureStats::ringBytes);
        bindStash(binding);
        for (Mitigation mode : Mitigation.values()) {
            binding.bind(CaptureMeter.MITIGATION, tag(CaptureTag.MODE, mode), stats -> cached.isMode(mode) ? 1 : 0);
        }
        binding.bind(CaptureMeter.OPEN, stats -> capture.isOpen() ? 1 : 0);
    }

    /** {@link CaptureStats#heaviest} names the callers; as tags, users and cgroups would be without bound. */
    private static void bindRank(Binding binding, int index) {
        binding.bind(
                CaptureMeter.LOST_HEAVIEST,
                Tags.of(CaptureTag.RANK.asString(), RANKS.get(index)),
                stats -> stats.heaviest().stream()
                        .skip(index)
                        .mapToLong(CallerLosses::lost)
                        .findFirst()
                        .orElse(0));
    }

    private static void bindStash(Binding binding) {
        binding.bind(CaptureMeter.STASH_SIZE, CaptureStats::stashBytes);
        binding.bind(CaptureMeter.STASH_CAPACITY, stats -> stats.stash().capacity());
        binding.bind(CaptureMeter.STASH_LIVE, stats -> stats.stash().live());
        binding.bind(CaptureMeter.STASH_STORED, stats -> stats.stash().puts());
        Map<String, ToDoubleFunction<StashStats>> causes = Map.of(
                "taken", StashStats::takes,
                "evicted", StashStats::evicted,
                "reclaimed", StashStats::reclaimed,
                "stale", StashStats::stale);
        causes.forEach((cause, count) -> binding.bind(
                CaptureMeter.STASH_REMOVED,
                Tags.of(CaptureTag.CAUSE.asString(), cause),
                stats -> count.applyAsDouble(stats.stash())));
        binding.bind(CaptureMeter.STASH_REFUSED, stats -> stats.stash().refused());
    }

    /** Removes the meters from every registry that they were bound to. The capture stays as it is. */
    @Override
    public void close() {
        for (Bound meter = bound.poll(); meter != null; meter = bound.poll()) {
            meter.registry.remove(meter.id);
        }
    }

    private static Tags tag(CaptureTag key, Enum<?> value) {
        return Tags.of(key.asString(), value.name().toLowerCase(Locale.ROOT));
    }

    private static <K> long of(Map<K, Long> counts, K reason) {
        return counts.getOrDefault(reason, 0L);
    }

    private record Bound(MeterRegistry registry, Meter.Id id) {}

    private final class Binding {
        private final MeterRegistry registry;
        private final CachedStats stats;

        Binding(MeterRegistry registry, CachedStats stats) {
            this.registry = registry;
            this.stats = stats;
        }

        void bind(CaptureMeter meter, ToDoubleFunction<CaptureStats> value) {
            bind(meter, Tags.empty(), value);
        }

        void bind(CaptureMeter meter, Tags more, ToDoubleFunction<CaptureStats> value) {
            bound.add(new Bound(registry, register(meter, tags.and(more), value).getId()));
        }

        // A registry has only a weak reference to the measured object, so the function holds it.
        private Meter register(CaptureMeter meter, Tags all, ToDoubleFunction<CaptureStats> value) {
            ToDoubleFunction<CachedStats> read = ignored -> value.applyAsDouble(stats.now());
            return meter.getType() == Meter.Type.COUNTER
                    ? FunctionCounter.builder(meter.getName(), stats, read)
                            .baseUnit(meter.getBaseUnit())
                            .description(meter.description())
                            .tags(all)
                            .register(registry)
                    : Gauge.builder(meter.getName(), stats, read)
                            .baseUnit(meter.getBaseUnit())
                            .description(meter.description())
                            .tags(all)
                            .register(registry);
        }
    }
}
