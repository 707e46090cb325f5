// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.recording.RecordingReader;
import dev.unraced.recording.RecordingWriter;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;

/** A capture whose events are recorded into a pipe, and replayed from there at the same time. */
final class PipedCapture implements Capture {
    private static final int PIPE_BYTES = 1 << 20;
    private static final long SLICE_NANOS = 1_000_000;

    private final Capture recorded;
    private final RecordingWriter writer;
    private final Capture replay;
    private final Thread pump = new Thread(this::pump, "recording");
    private volatile boolean closing;
    private volatile long written;

    private PipedCapture(Capture recorded, CaptureConfig config) throws IOException {
        PipedOutputStream out = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(out, PIPE_BYTES);
        this.recorded = recorded;
        this.writer = RecordingWriter.over(out, "pipe", recorded);
        this.replay = ReplaySource.open(ReplayDriver.NAME, RecordingReader.over(in, "pipe"), config, Pace.fast());
        pump.start();
    }

    static PipedCapture of(Capture recorded, CaptureConfig config) {
        try {
            return new PipedCapture(recorded, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pump() {
        EventHandler handler = new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                writer.onEvent(event);
            }

            @Override
            public void onProcess(ProcessView event) {
                writer.onProcess(event);
            }
        };
        long total = 0;
        while (!closing) {
            total += recorded.await(handler, 1_000, SLICE_NANOS);
            writer.flush();
            written = total;
        }
        recorded.close();
        writer.close();
    }

    /** Waits until what was recorded so far is replayed. */
    @Override
    public CaptureStats stats() {
        while (pump.isAlive() && !isReplayed()) {
            Thread.onSpinWait();
        }
        return replay.stats();
    }

    private boolean isReplayed() {
        CaptureStats source = recorded.stats();
        CaptureStats stats = replay.stats();
        return source.pending() == 0
                && source.delivered() == written
                && stats.returned() + stats.entered() + stats.processEvents() == written;
    }

    @Override
    public String driver() {
        return replay.driver();
    }

    @Override
    public Capabilities capabilities() {
        return replay.capabilities();
    }

    @Override
    public int poll(EventHandler handler, int limit) {
        return replay.poll(handler, limit);
    }

    @Override
    public int await(EventHandler handler, int limit, long timeoutNanos) {
        return replay.await(handler, limit, timeoutNanos);
    }

    @Override
    public void consume(EventHandler handler) {
        replay.consume(handler);
    }

    @Override
    public boolean isOpen() {
        return replay.isOpen();
    }

    @Override
    public boolean isEnded() {
        return replay.isEnded();
    }

    @Override
    public Mitigation mitigation() {
        return replay.mitigation();
    }

    @Override
    public void switchTo(Mitigation mode) {
        replay.switchTo(mode);
    }

    @Override
    public boolean enterEvents() {
        return replay.enterEvents();
    }

    @Override
    public void publishEnterEvents(boolean publish) {
        replay.publishEnterEvents(publish);
    }

    @Override
    public boolean processEvents() {
        return replay.processEvents();
    }

    @Override
    public void close() {
        closing = true;
        try {
            pump.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        replay.close();
    }
}
