// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.BpfStatistics.Usage;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureStats;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What capturing adds to a call, from outside (wall clock) and from inside (run-time statistics of the programs). */
@Command(
        name = "kernel",
        mixinStandardHelpOptions = true,
        description = "Measures openat+close in a native loop, without a capture and with one that is being consumed;"
                + " then the eBPF programs alone, by the kernel's run-time statistics. Needs root.")
final class KernelCost implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--calls", defaultValue = "500000", description = "Calls in a round (${DEFAULT-VALUE}).")
    private long calls;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each kind (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--path", defaultValue = "/etc/hostname", description = "What to open (${DEFAULT-VALUE}).")
    private String path;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    private record Result(double bare, double captured, double enter, double exit, CaptureStats stats) {}

    @Override
    public Integer call() throws Exception {
        Result result = measure();
        CaptureStats stats = result.stats();
        double programs = result.enter() + result.exit();
        if (json) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "{\"bare_ns\":%.1f,\"captured_ns\":%.1f,\"enter_ns\":%.1f,\"exit_ns\":%.1f,"
                                    + "\"programs_ns\":%.1f,\"delivered\":%d,\"lost\":%d,\"wakeups\":%d}%n",
                            result.bare(),
                            result.captured(),
                            result.enter(),
                            result.exit(),
                            programs,
                            stats.delivered(),
                            stats.totalLost(),
                            stats.wakeups());
        } else {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "openat+close, no capture        %8.0f ns (best of %d rounds of %d)%n"
                                    + "openat+close, captured          %8.0f ns (%+.0f ns, x%.2f)%n"
                                    + "program at entry                %8.0f ns (run-time statistics, their cost included)%n"
                                    + "program at return               %8.0f ns%n"
                                    + "programs together               %8.0f ns%n"
                                    + "events %d, lost %d, wake-ups %d%n",
                            result.bare(),
                            rounds,
                            calls,
                            result.captured(),
                            result.captured() - result.bare(),
                            result.captured() / result.bare(),
                            result.enter(),
                            result.exit(),
                            programs,
                            stats.delivered(),
                            stats.totalLost(),
                            stats.wakeups());
        }
        return 0;
    }

    private Result measure() throws IOException, InterruptedException {
        double[] bare = new double[rounds];
        double[] captured = new double[rounds];
        CaptureConfig config = CaptureConfig.builder().driver("ebpf").build();
        try (OpenLoop loop = new OpenLoop()) {
            Usage[] programs;
            CaptureStats stats;
            // Taken in turns, so that a noisy neighbour meets both.
            for (int round = 0; round < rounds; round++) {
                bare[round] = loop.run(calls, path);
                captured[round] = captured(loop, config);
            }
            BpfStatistics statistics = new BpfStatistics();
            try (statistics;
                    Consumer consumer = new Consumer(Capture.open(config))) {
                programs = busiest(loop);
                stats = consumer.capture().stats();
            }
            return new Result(
                    Arrays.stream(bare).min().orElseThrow(),
                    Arrays.stream(captured).min().orElseThrow(),
                    programs[0].nanosPerRun(),
                    programs[1].nanosPerRun(),
                    stats);
        }
    }

    private double captured(OpenLoop loop, CaptureConfig config) throws IOException, InterruptedException {
        Consumer consumer = new Consumer(Capture.open(config));
        try (consumer) {
            return loop.run(calls, path);
        }
    }

    /** The two programs that ran for every call, the one at entry first, as the object has them. */
    private Usage[] busiest(OpenLoop loop) throws IOException, InterruptedException {
        Map<Integer, Usage> before = BpfStatistics.read();
        for (int round = 0; round < rounds; round++) {
            loop.run(calls, path);
        }
        Usage[] busy = BpfStatistics.read().entrySet().stream()
                .map(entry -> entry.getValue().minus(before.getOrDefault(entry.getKey(), new Usage(0, 0))))
                .filter(usage -> usage.runs() >= calls * rounds)
                .toArray(Usage[]::new);
        if (busy.length != 2) {
            throw new IOException("expected two programs to run for each call, found " + busy.length);
        }
        return busy;
    }
}
