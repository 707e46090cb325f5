// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import com.google.inject.Guice;
import com.google.inject.Injector;
import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.flow.CapturePublisher;
import dev.unraced.format.EventWriter;
import dev.unraced.format.JsonEventWriter;
import dev.unraced.format.LineBuffer;
import dev.unraced.format.OpenFlagNames;
import dev.unraced.format.WallClock;
import dev.unraced.micrometer.CaptureMetrics;
import dev.unraced.recording.RecordingReader;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.selection.NoDriverException;
import dev.unraced.selection.UnracedModule;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow.Subscriber;

/** The snippets of the guides, each with the names that it takes for granted. */
final class GuideSnippets {
    private GuideSnippets() {}

    static void open() {
        CaptureConfig config = CaptureConfig.builder()
                .driver("ebpf")
                .mitigation(Mitigation.STASH)
                .syscalls(Syscall.OPENAT, Syscall.CONNECT)
                .ringBytes(64 << 20)
                .uids(1000)
                .build();

        try (Capture capture = Capture.open(config)) {
            capture.consume(event -> System.out.println(event.snapshot()));
        }
    }

    static void openOrReport(CaptureConfig config, EventHandler handler) {
        try (Capture capture = Capture.open(config)) {
            capture.consume(handler);
        } catch (NoDriverException e) {
            e.passedOver().forEach(each -> report(each.name(), each.code())); // ebpf, NO_PRIVILEGE
        }
    }

    private static void report(String driver, String code) {
        System.out.println(driver + ": " + code);
    }

    static Capture inject() {
        Injector injector = Guice.createInjector(new UnracedModule(CaptureConfig.load()));
        Capture capture = injector.getInstance(Capture.class);
        return capture;
    }

    static void publish(Subscriber<SyscallEvent> subscriber, CountDownLatch stop) throws InterruptedException {
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            CapturePublisher.of(capture).subscribe(subscriber);
            stop.await(); // the close of the capture completes the stream
        }
    }

    static void writeLines(Capture capture, OutputStream out) throws IOException {
        WallClock clock = new WallClock();
        EventWriter json = new JsonEventWriter(clock, OpenFlagNames.ofThisMachine());
        LineBuffer lines = new LineBuffer(1 << 16);
        EventHandler handler = event -> {
            clock.arrived(event.nanos());
            json.write(event, lines);
        };
        while (!capture.isEnded() && !Thread.currentThread().isInterrupted()) {
            capture.await(handler, 1_000, Duration.ofSeconds(1));
            lines.writeTo(out); // not in the handler, which cannot throw an IOException
        }
    }

    static void recordAndRead(CaptureConfig config) {
        try (Capture capture = Capture.open(config);
                RecordingWriter writer = RecordingWriter.open(Path.of("a.rec"), capture)) {
            capture.consume(writer); // until another thread closes the capture
        }
        try (RecordingReader reader = RecordingReader.open(Path.of("a.rec"))) {
            while (reader.poll(event -> System.out.println(event.path()), 1000) > 0) {}
        }
    }

    static void measure(Capture capture, MeterRegistry registry, EventHandler handler) {
        CaptureMetrics metrics = new CaptureMetrics(capture);
        metrics.bindTo(registry);
        capture.consume(handler);
        metrics.close(); // takes the meters out again
    }
}
