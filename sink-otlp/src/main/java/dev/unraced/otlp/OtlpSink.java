// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.ProcessTable;
import dev.unraced.server.sink.EventSink;
import dev.unraced.server.sink.SinkProcesses;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each event as a log record of OpenTelemetry, by OTLP over HTTP.
 *
 * <p>One request is under way at a time. Events that come meanwhile gather for the next one; when they are as many as a
 * request may have, {@link #onEvent} waits. So every incoming event is acknowledged, lost and counted, or waiting, and
 * memory does not grow while the receiver is slow or away.
 */
final class OtlpSink implements EventSink {
    static final String NAME = "otlp";

    private static final Logger LOG = LoggerFactory.getLogger(OtlpSink.class);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LogRecordExporter exporter;
    private final EventRecords records;
    private final int batch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<LogRecordData> waiting = new ArrayList<>();
    /** The number of events of the request under way; 0 without one. */
    private int underWay;

    private boolean ending;
    private boolean closed;
    private long taken;
    private long acknowledged;
    private long lost;
    private String lastFailure = "";

    OtlpSink(LogRecordExporter exporter, EventRecords records, int batch) {
        this.exporter = exporter;
        this.records = records;
        this.batch = batch;
    }

    static OtlpSink open(CaptureConfig config) {
        OtlpSettings settings = OtlpSettings.of(config);
        return new OtlpSink(
                exporter(settings), new EventRecords(settings.host(), SinkProcesses.table(config)), settings.batch());
    }

    private static LogRecordExporter exporter(OtlpSettings settings) {
        Duration connect = settings.timeout().compareTo(LONGEST_CONNECT) < 0 ? settings.timeout() : LONGEST_CONNECT;
        var builder = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(settings.endpoint())
                .setTimeout(settings.timeout())
                .setConnectTimeout(connect)
                .setRetryPolicy(RetryPolicy.builder()
                        .setMaxAttempts(3)
                        .setInitialBackoff(Duration.ofMillis(200))
                        .setMaxBackoff(Duration.ofSeconds(1))
                        .build())
                .setCompression("gzip");
        settings.headers().forEach(builder::addHeader);
        try {
            settings.authorities().ifPresent(builder::setTrustedCertificates);
            if (settings.key().isPresent()) {
                builder.setClientTls(
                        settings.key().get(), settings.certificate().orElseThrow());
            }
            return builder.build();
        } catch (RuntimeException e) {
            throw new CaptureException(
                    "sink otlp: " + e.getMessage() + ". Correct the settings in " + OtlpSettings.SECTION + "*.", e);
        }
    }

    @Override
    public void onEvent(EventView event) {
        take(records.of(event));
    }

    /** Sends a record of a process event; none of a process that was there before. */
    @Override
    public void onProcess(ProcessView event) {
        records.of(event).ifPresent(this::take);
    }

    private void take(LogRecordData made) {
        lock.lock();
        try {
            taken++;
            while (waiting.size() >= batch && !ending) {
                changed.awaitUninterruptibly();
            }
            if (closed || waiting.size() >= batch) {
                lost++;
                return;
            }
            waiting.add(made);
            send();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what waits, unless a request is under way; its end sends the rest then. */
    private void send() {
        if (underWay > 0 || waiting.isEmpty() || closed) {
            return;
        }
        List<LogRecordData> next = waiting;
        waiting = new ArrayList<>();
        underWay = next.size();
        changed.signalAll();
        CompletableResultCode result = export(next);
        result.whenComplete(() -> ended(result));
    }

    private CompletableResultCode export(List<LogRecordData> next) {
        try {
            return exporter.export(next);
        } catch (RuntimeException e) {
            return CompletableResultCode.ofExceptionalFailure(e);
        }
    }

    private void ended(CompletableResultCode result) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            int events = underWay;
            underWay = 0;
            if (result.isSuccess()) {
                acknowledged += events;
                lastFailure = "";
            } else {
                lose(events, result.getFailureThrowable());
            }
            changed.signalAll();
            send();
        } finally {
            lock.unlock();
        }
    }

    private void lose(int events, @Nullable Throwable failure) {
        lost += events;
        String why = failure == null ? "it gives no reason" : reason(failure);
        if (!why.equals(lastFailure)) {
            lastFailure = why;
            LOG.warn("The receiver of log records does not take events: {}", why);
        }
    }

    /** Returns the innermost reason with words: the exporter wraps it, and a refused connection has none of its own. */
    private static String reason(Throwable failure) {
        Throwable named = failure.getCause() == null ? failure : failure.getCause();
        for (Throwable inner = failure; inner != null; inner = inner.getCause()) {
            if (inner.getMessage() != null && inner.getCause() == null) {
                named = inner;
            }
        }
        String message = named.getMessage();
        return named.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    @Override
    public long lost() {
        return counts().lost();
    }

    @Override
    public @Nullable ProcessTable processes() {
        return records.table();
    }

    @Override
    public String describe() {
        lock.lock();
        try {
            return taken + " taken, " + acknowledged + " acknowledged, " + lost + " lost"
                    + (lastFailure.isEmpty() ? "" : " (last: " + lastFailure + ")");
        } finally {
            lock.unlock();
        }
    }

    /** Returns the counts of one moment. */
    Counts counts() {
        lock.lock();
        try {
            return new Counts(taken, acknowledged, lost);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Counts of events.
     *
     * @param taken came in
     * @param acknowledged the receiver has them
     * @param lost the receiver may not have them, and will not get them
     */
    record Counts(long taken, long acknowledged, long lost) {}

    @Override
    public void ending() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            ending = true;
            awaitLast();
            closed = true;
            // An answer that comes later is too late for the last counts.
            lost += underWay + waiting.size();
            underWay = 0;
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        exporter.close();
    }

    /** Waits until nothing is on its way any more, or the time for that is over. */
    private void awaitLast() {
        long left = FAREWELL_NANOS;
        try {
            while (left > 0 && (underWay > 0 || !waiting.isEmpty())) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
