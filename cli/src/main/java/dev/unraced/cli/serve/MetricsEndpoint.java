// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.serve.HttpPages.Page;
import dev.unraced.micrometer.CaptureMetrics;
import dev.unraced.micrometer.ProcessMeter;
import dev.unraced.micrometer.ProcessMetrics;
import dev.unraced.process.ProcessTable;
import dev.unraced.server.ServerState;
import dev.unraced.server.Sinks;
import dev.unraced.server.broadcast.Broadcaster;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Serves the meters of the shared capture as Prometheus reads them, and says whether the capture is alive. Whoever can
 * connect can read both; they name no process, user or path.
 */
final class MetricsEndpoint implements AutoCloseable {
    private final HttpPages pages;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Capture capture;

    private MetricsEndpoint(InetSocketAddress address, Broadcaster broadcaster, Sinks sinks, ServerState state)
            throws IOException {
        this.capture = broadcaster.capture();
        new CaptureMetrics(capture).bindTo(registry);
        Gauge.builder("unraced.subscribers", broadcaster, Broadcaster::subscribers)
                .description("Subscriptions to the shared capture")
                .tag("driver", capture.driver())
                .register(registry);
        Gauge.builder(ProcessMeter.KNOWN.getName(), broadcaster, Broadcaster::living)
                .description(ProcessMeter.KNOWN.description())
                .tag("driver", capture.driver())
                .tag("table", "subscribers")
                .register(registry);
        FunctionCounter.builder(ProcessMeter.EVICTED.getName(), broadcaster, Broadcaster::forgotten)
                .description(ProcessMeter.EVICTED.description())
                .tag("driver", capture.driver())
                .tag("table", "subscribers")
                .register(registry);
        sinks.progress().forEach(this::bind);
        FunctionCounter.builder("unraced.connections.turned.away", state, ServerState::turnedAway)
                .description("Connections that were refused for want of a place, or made way for another one")
                .tag("driver", capture.driver())
                .register(registry);
        if (state.certificateEnd().isPresent()) {
            TimeGauge.builder("unraced.certificate.left", state, TimeUnit.SECONDS, MetricsEndpoint::secondsLeft)
                    .description("Time until the server's certificate expires; negative afterwards")
                    .strongReference(true)
                    .tag("driver", capture.driver())
                    .register(registry);
        }
        pages = HttpPages.start(
                address, Map.of("/metrics", () -> new Page(200, registry.scrape()), "/health", this::health));
    }

    private Page health() {
        String trouble = !capture.isOpen() || capture.isEnded()
                ? "the capture has ended"
                : capture.stats().consuming() ? "" : "no thread consumes the capture";
        return trouble.isEmpty() ? new Page(200, "capturing\n") : new Page(503, trouble + "\n");
    }

    private static double secondsLeft(ServerState state) {
        return Duration.between(Instant.now(), state.certificateEnd().orElseThrow())
                .toSeconds();
    }

    private void bind(Sinks.Progress sink) {
        count("unraced.sink.taken", sink, Sinks.Progress::taken, "Events that a sink got");
        count("unraced.sink.missed", sink, Sinks.Progress::missed, "Events that a sink was too slow for");
        count("unraced.sink.lost", sink, Sinks.Progress::lost, "Events that a sink got and lost");
        ProcessTable table = sink.processes();
        if (table != null) {
            new ProcessMetrics(table, Tags.of("driver", capture.driver(), "table", sink.name())).bindTo(registry);
        }
    }

    private void count(String name, Sinks.Progress sink, ToDoubleFunction<Sinks.Progress> count, String description) {
        FunctionCounter.builder(name, sink, count)
                .description(description)
                .baseUnit("events")
                .tag("driver", capture.driver())
                .tag("sink", sink.name())
                .register(registry);
    }

    /**
     * Begins to serve.
     *
     * @param state of the server whose capture it is
     * @throws CaptureException when the address cannot be had
     */
    static MetricsEndpoint start(InetSocketAddress address, Broadcaster broadcaster, Sinks sinks, ServerState state) {
        try {
            return new MetricsEndpoint(address, broadcaster, sinks, state);
        } catch (IOException e) {
            throw new CaptureException(
                    "metrics cannot be served at " + HostPort.text(address) + ": " + e.getMessage()
                            + "; name another address by --metrics",
                    e);
        }
    }

    /** Returns where it listens, with the port that the kernel chose for port 0. */
    InetSocketAddress address() {
        return pages.address();
    }

    @Override
    public void close() {
        pages.close();
        registry.close();
    }
}
