// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.BpfStatistics.Usage;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureStats;
import java.io.IOException;
import java.io.PrintWriter;
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
        description =
                "Measures openat+close in a native loop, without a capture and with one that is being consumed,"
                        + " with integrity and without; then the eBPF programs alone, by the kernel's run-time statistics. Needs root.")
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

    /** Of one way to capture, in nanoseconds per call. */
    private record Cost(double captured, double enter, double exit, CaptureStats stats) {
        double programs() {
            return enter + exit;
        }
    }

    private record Result(double bare, Cost unchecked, Cost checked) {}

    @Override
    public Integer call() throws Exception {
        Result result = measure();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.printf(
                    Locale.ROOT,
                    "{\"bare_ns\":%.1f,%s,\"integrity_off\":{%s}}%n",
                    result.bare(),
                    fields(result.checked()),
                    fields(result.unchecked()));
        } else {
            out.printf(
                    Locale.ROOT,
                    "openat+close, no capture        %8.0f ns (best of %d rounds of %d)%n",
                    result.bare(),
                    rounds,
                    calls);
            out.printf("%nintegrity on%n");
            print(out, result.checked(), result.bare());
            out.printf("%nintegrity off%n");
            print(out, result.unchecked(), result.bare());
        }
        return 0;
    }

    private static String fields(Cost cost) {
        return String.format(
                Locale.ROOT,
                "\"captured_ns\":%.1f,\"enter_ns\":%.1f,\"exit_ns\":%.1f,\"programs_ns\":%.1f,"
                        + "\"delivered\":%d,\"lost\":%d,\"wakeups\":%d",
                cost.captured(),
                cost.enter(),
                cost.exit(),
                cost.programs(),
                cost.stats().delivered(),
                cost.stats().totalLost(),
                cost.stats().wakeups());
    }

    private static void print(PrintWriter out, Cost cost, double bare) {
        out.printf(
                Locale.ROOT,
                "openat+close, captured          %8.0f ns (%+.0f ns, x%.2f)%n"
                        + "program at entry                %8.0f ns (run-time statistics, their cost included)%n"
                        + "program at return               %8.0f ns%n"
                        + "programs together               %8.0f ns%n"
                        + "events %d, lost %d, wake-ups %d%n",
                cost.captured(),
                cost.captured() - bare,
                cost.captured() / bare,
                cost.enter(),
                cost.exit(),
                cost.programs(),
                cost.stats().delivered(),
                cost.stats().totalLost(),
                cost.stats().wakeups());
    }

    private Result measure() throws IOException, InterruptedException {
        double[] bare = new double[rounds];
        double[] unchecked = new double[rounds];
        double[] checked = new double[rounds];
        try (OpenLoop loop = new OpenLoop()) {
            // Taken in turns, so that a noisy neighbour meets all.
            for (int round = 0; round < rounds; round++) {
                bare[round] = loop.run(calls, path);
                unchecked[round] = captured(loop, config(false));
                checked[round] = captured(loop, config(true));
            }
            return new Result(least(bare), cost(loop, false, least(unchecked)), cost(loop, true, least(checked)));
        }
    }

    private static double least(double[] rounds) {
        return Arrays.stream(rounds).min().orElseThrow();
    }

    private static CaptureConfig config(boolean integrity) {
        return CaptureConfig.builder().driver("ebpf").integrity(integrity).build();
    }

    /** Adds what the programs alone take. */
    private Cost cost(OpenLoop loop, boolean integrity, double captured) throws IOException, InterruptedException {
        BpfStatistics statistics = new BpfStatistics();
        try (statistics;
                Consumer consumer = new Consumer(Capture.open(config(integrity)))) {
            Usage[] programs = busiest(loop);
            return new Cost(
                    captured,
                    programs[0].nanosPerRun(),
                    programs[1].nanosPerRun(),
                    consumer.capture().stats());
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
