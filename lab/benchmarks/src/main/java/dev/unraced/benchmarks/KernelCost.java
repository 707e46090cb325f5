// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.BpfStatistics;
import dev.unraced.benchmarks.measure.EventDiscarder;
import dev.unraced.benchmarks.observer.CaptureWay;
import dev.unraced.benchmarks.workload.OpenLoop;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * Measures what each way to capture adds to a call: from outside by the caller's wall clock and CPU time and, with
 * eBPF, from inside by the run time of the programs.
 */
@Command(
        name = "kernel",
        mixinStandardHelpOptions = true,
        description =
                "Measures openat+close in a native loop, without a capture and with each way to capture in turn, while"
                        + " the events are consumed; then the eBPF programs alone, by the kernel's run-time"
                        + " statistics, and what an unwatched call, getppid, pays. With the kernel module loaded, it is measured beside eBPF. Needs root.")
final class KernelCost implements Callable<Integer> {
    private static final OpenLoop.Time NEVER = new OpenLoop.Time(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);

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
     * The cost of one way to capture.
     *
     * @param time of a call
     * @param programs the part of it in BPF programs; 0 without any
     * @param stats of the capture whose programs were measured
     */
    private record Cost(OpenLoop.Time time, double programs, CaptureStats stats) {}

    @Override
    public Integer call() throws Exception {
        List<CaptureWay> wanted = wanted();
        warnOfStatistics();
        Map<String, String> refused = new LinkedHashMap<>();
        List<CaptureWay> possible = new ArrayList<>();
        for (CaptureWay way : wanted) {
            try (Capture capture = Capture.open(way.config())) {
                possible.add(way);
            } catch (CaptureException e) {
                refused.put(way.name(), String.valueOf(e.getMessage()));
            }
        }
        OpenLoop.Time bare = NEVER;
        Map<String, OpenLoop.Time> times = new LinkedHashMap<>();
        Map<String, Cost> costs = new LinkedHashMap<>();
        try (OpenLoop loop = new OpenLoop()) {
            // The ways take turns, so that a noisy neighbour meets all.
            for (int round = 0; round < rounds; round++) {
                spec.commandLine().getErr().printf("round %d of %d%n", round + 1, rounds);
                bare = bare.least(loop.run(calls, path, threads));
                for (CaptureWay way : possible) {
                    try (EventDiscarder consumer = new EventDiscarder(Capture.open(way.config()))) {
                        times.merge(way.name(), loop.run(calls, path, threads), OpenLoop.Time::least);
                    }
                }
            }
            for (CaptureWay way : possible) {
                costs.put(way.name(), cost(loop, way, times.getOrDefault(way.name(), NEVER)));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(out, bare, costs);
        } else {
            print(out, bare, costs, refused);
        }
        return 0;
    }

    /**
     * Warns of the kernel's BPF statistics: they read the clock twice in each run of every program, some 40 ns each.
     */
    private void warnOfStatistics() throws IOException {
        Path statistics = Path.of("/proc/sys/kernel/bpf_stats_enabled");
        if (Files.isReadable(statistics)
                && !Files.readString(statistics).strip().equals("0")) {
            spec.commandLine()
                    .getErr()
                    .println("kernel.bpf_stats_enabled is on, so every BPF program is slower than usual; turn it off by"
                            + " sysctl -w kernel.bpf_stats_enabled=0");
        }
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

    private void print(PrintWriter out, OpenLoop.Time bare, Map<String, Cost> costs, Map<String, String> refused) {
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
                "%-22s%9s%8s%7s%9s%8s%10s%9s%8s%10s%8s%n",
                "way",
                "wall",
                "added",
                "ratio",
                "cpu",
                "added",
                "programs",
                "getppid",
                "added",
                "events",
                "lost");
        out.printf(
                Locale.ROOT,
                "%-22s%9.0f%8s%7.2f%9.0f%8s%10s%9.0f%n",
                "no capture",
                bare.wall(),
                "",
                1.0,
                bare.cpu(),
                "",
                "",
                bare.unwatched());
        costs.forEach((way, cost) -> out.printf(
                Locale.ROOT,
                "%-22s%9.0f%+8.0f%7.2f%9.0f%+8.0f%10s%9.0f%+8.0f%10d%8d%n",
                way,
                cost.time().wall(),
                cost.time().wall() - bare.wall(),
                cost.time().wall() / bare.wall(),
                cost.time().cpu(),
                cost.time().cpu() - bare.cpu(),
                cost.programs() == 0 ? "" : String.format(Locale.ROOT, "%.0f", cost.programs()),
                cost.time().unwatched(),
                cost.time().unwatched() - bare.unwatched(),
                cost.stats().delivered(),
                cost.stats().totalLost()));
        byReason(refused).forEach((why, names) -> out.printf("%n%s: not here. %s%n", String.join(", ", names), why));
    }

    private static Map<String, List<String>> byReason(Map<String, String> refused) {
        return refused.entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }

    private static void printJson(PrintWriter out, OpenLoop.Time bare, Map<String, Cost> costs) {
        out.printf(
                Locale.ROOT,
                "{\"bare_ns\":%.1f,\"bare_cpu_ns\":%.1f,\"bare_unwatched_ns\":%.1f,\"ways\":{%s}}%n",
                bare.wall(),
                bare.cpu(),
                bare.unwatched(),
                costs.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT,
                                "\"%s\":{\"wall_ns\":%.1f,\"cpu_ns\":%.1f,\"programs_ns\":%.1f,\"unwatched_ns\":%.1f,\"delivered\":%d,\"lost\":%d,\"wakeups\":%d}",
                                entry.getKey(),
                                entry.getValue().time().wall(),
                                entry.getValue().time().cpu(),
                                entry.getValue().programs(),
                                entry.getValue().time().unwatched(),
                                entry.getValue().stats().delivered(),
                                entry.getValue().stats().totalLost(),
                                entry.getValue().stats().wakeups()))
                        .collect(Collectors.joining(",")));
    }

    /** Adds the time in the programs alone. */
    private Cost cost(OpenLoop loop, CaptureWay way, OpenLoop.Time time) throws IOException, InterruptedException {
        try (BpfStatistics statistics = new BpfStatistics();
                EventDiscarder consumer = new EventDiscarder(Capture.open(way.config()))) {
            long before = statistics.totalNanos();
            loop.opens(calls, path, threads);
            double programs = (double) (statistics.totalNanos() - before) / (calls * threads);
            return new Cost(time, programs, consumer.capture().stats());
        }
    }
}
