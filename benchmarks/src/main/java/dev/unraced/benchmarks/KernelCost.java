// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.CaptureStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What each way to capture adds to a call, from outside (wall clock) and from inside (run time of the programs). */
@Command(
        name = "kernel",
        mixinStandardHelpOptions = true,
        description =
                "Measures openat+close in a native loop, without a capture and with each way to capture in turn, while"
                        + " the events are consumed; then the eBPF programs alone, by the kernel's run-time"
                        + " statistics. Needs root.")
final class KernelCost implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--calls", defaultValue = "500000", description = "Calls in a round (${DEFAULT-VALUE}).")
    private long calls;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each kind (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--threads", defaultValue = "1", description = "Loops at the same time (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--path", defaultValue = "/etc/hostname", description = "What to open (${DEFAULT-VALUE}).")
    private String path;

    @Option(names = "--ways", split = ",", description = "Ways to capture, with commas between them (all).")
    private List<String> ways = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /**
     * Of one way to capture.
     *
     * @param wall of a call, in nanoseconds
     * @param programs of that, in the programs
     * @param stats of the capture whose programs were measured
     */
    private record Cost(double wall, double programs, CaptureStats stats) {}

    @Override
    public Integer call() throws Exception {
        List<CaptureWay> wanted = wanted();
        Map<String, String> refused = new LinkedHashMap<>();
        List<CaptureWay> possible = new ArrayList<>();
        for (CaptureWay way : wanted) {
            try (Capture capture = Capture.open(way.config())) {
                possible.add(way);
            } catch (CaptureException e) {
                refused.put(way.name(), String.valueOf(e.getMessage()));
            }
        }
        double[] bare = new double[rounds];
        Map<String, double[]> walls = possible.stream()
                .collect(
                        Collectors.toMap(CaptureWay::name, way -> new double[rounds], (a, b) -> a, LinkedHashMap::new));
        Map<String, Cost> costs = new LinkedHashMap<>();
        try (OpenLoop loop = new OpenLoop()) {
            // Taken in turns, so that a noisy neighbour meets all.
            for (int round = 0; round < rounds; round++) {
                spec.commandLine().getErr().printf("round %d of %d%n", round + 1, rounds);
                bare[round] = loop.run(calls, path, threads);
                for (CaptureWay way : possible) {
                    try (Consumer consumer = new Consumer(Capture.open(way.config()))) {
                        walls.get(way.name())[round] = loop.run(calls, path, threads);
                    }
                }
            }
            for (CaptureWay way : possible) {
                costs.put(way.name(), cost(loop, way, least(walls.get(way.name()))));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(out, least(bare), costs);
        } else {
            print(out, least(bare), costs, refused);
        }
        return 0;
    }

    private List<CaptureWay> wanted() {
        List<String> names = CaptureWay.ALL.stream().map(CaptureWay::name).toList();
        for (String way : ways) {
            if (!names.contains(way)) {
                throw new ParameterException(
                        spec.commandLine(), "no way to capture is called " + way + "; there are " + names);
            }
        }
        return CaptureWay.ALL.stream()
                .filter(way -> ways.isEmpty() || ways.contains(way.name()))
                .toList();
    }

    private void print(PrintWriter out, double bare, Map<String, Cost> costs, Map<String, String> refused) {
        out.printf(
                Locale.ROOT,
                "openat+close of %s, in ns per call; best of %d rounds of %d calls in %d %s%n%n",
                path,
                rounds,
                calls,
                threads,
                threads == 1 ? "thread" : "threads");
        out.printf(
                Locale.ROOT,
                "%-18s%10s%10s%8s%10s%12s%8s%n",
                "way",
                "wall",
                "added",
                "ratio",
                "programs",
                "events",
                "lost");
        out.printf(Locale.ROOT, "%-18s%10.0f%10s%8.2f%n", "no capture", bare, "", 1.0);
        costs.forEach((way, cost) -> out.printf(
                Locale.ROOT,
                "%-18s%10.0f%+10.0f%8.2f%10.0f%12d%8d%n",
                way,
                cost.wall(),
                cost.wall() - bare,
                cost.wall() / bare,
                cost.programs(),
                cost.stats().delivered(),
                cost.stats().totalLost()));
        refused.forEach((way, why) -> out.printf("%n%s: not here. %s%n", way, why));
    }

    private static void printJson(PrintWriter out, double bare, Map<String, Cost> costs) {
        out.printf(
                Locale.ROOT,
                "{\"bare_ns\":%.1f,\"ways\":{%s}}%n",
                bare,
                costs.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT,
                                "\"%s\":{\"wall_ns\":%.1f,\"programs_ns\":%.1f,\"delivered\":%d,\"lost\":%d,\"wakeups\":%d}",
                                entry.getKey(),
                                entry.getValue().wall(),
                                entry.getValue().programs(),
                                entry.getValue().stats().delivered(),
                                entry.getValue().stats().totalLost(),
                                entry.getValue().stats().wakeups()))
                        .collect(Collectors.joining(",")));
    }

    private static double least(double[] rounds) {
        return Arrays.stream(rounds).min().orElseThrow();
    }

    /** Adds what the programs alone take. */
    private Cost cost(OpenLoop loop, CaptureWay way, double wall) throws IOException, InterruptedException {
        try (BpfStatistics statistics = new BpfStatistics();
                Consumer consumer = new Consumer(Capture.open(way.config()))) {
            long before = statistics.totalNanos();
            loop.run(calls, path, threads);
            double programs = (double) (statistics.totalNanos() - before) / (calls * threads);
            return new Cost(wall, programs, consumer.capture().stats());
        }
    }
}
