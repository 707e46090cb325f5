// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventFlag;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how long a lone event takes from the call to an idle reader. */
@Command(
        name = "wakeup",
        mixinStandardHelpOptions = true,
        description = "Measures the time from just before a lone open to the handler of an idle reader. Needs root.")
final class WakeUpLatency implements Callable<Integer> {
    private static final double NANOS_PER_MICRO = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--events", defaultValue = "300", description = "Events (${DEFAULT-VALUE}).")
    private int events;

    @Option(names = "--pause", defaultValue = "20", description = "Milliseconds between them (${DEFAULT-VALUE}).")
    private int pauseMillis;

    @Override
    public Integer call() throws Exception {
        Path file = Files.createTempFile("unraced-lone", "");
        try {
            measure(file);
        } finally {
            Files.delete(file);
        }
        return 0;
    }

    private void measure(Path file) throws IOException, InterruptedException {
        SynchronousQueue<Long> seen = new SynchronousQueue<>();
        CaptureConfig config = CaptureConfig.builder()
                .driver("ebpf")
                .observeSelf(true)
                .tgids((int) ProcessHandle.current().pid())
                .build();
        long[] latencies = new long[events];
        Capture capture = Capture.open(config);
        Thread reader = new Thread(() -> capture.consume(event -> {
            long now = System.nanoTime();
            if (event.has(EventFlag.HAS_FILE) && event.path().toString().equals(file.toString())) {
                offer(seen, now);
            }
        }));
        try (capture) {
            reader.start();
            for (int i = 0; i < events; i++) {
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
                long start = System.nanoTime();
                new FileInputStream(file.toFile()).close();
                latencies[i] = seen.take() - start;
            }
        }
        reader.join();
        Arrays.sort(latencies);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "lone event, %d times, %d ms apart: median %.0f µs, 99th percentile %.0f µs, worst %.0f µs,"
                                + " %d wake-ups%n",
                        events,
                        pauseMillis,
                        latencies[events / 2] / NANOS_PER_MICRO,
                        latencies[events * 99 / 100] / NANOS_PER_MICRO,
                        latencies[events - 1] / NANOS_PER_MICRO,
                        capture.stats().wakeups());
    }

    private static void offer(SynchronousQueue<Long> seen, long time) {
        try {
            seen.put(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
