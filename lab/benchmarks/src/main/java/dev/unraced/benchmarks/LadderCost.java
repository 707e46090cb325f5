// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.observer.CaptureObserver;
import dev.unraced.benchmarks.observer.CaptureWay;
import dev.unraced.benchmarks.observer.Observer;
import dev.unraced.benchmarks.observer.ToolObserver;
import dev.unraced.benchmarks.workload.CallLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how many calls a second an observer handles without losing an event. */
@Command(
        name = "ladder",
        mixinStandardHelpOptions = true,
        description = {
            "Opens files at a growing rate, until the observer loses an event: this project's eBPF driver, then opensnoop"
                    + " of Debian's libbpf-tools. Needs root.",
            "%nThe rate doubles; after the first loss it is closed in on. Where nothing is lost at full speed, that speed"
                    + " is the figure, and an observer that slows the calls less stands higher.%n"
        })
final class LadderCost extends MeasurementCommand {
    private static final List<String> OPEN = List.of("open", "/etc/hostname");

    @Option(
            names = "--from",
            defaultValue = "12500",
            description = "The first rate, calls a second (${DEFAULT-VALUE}).")
    private long from;

    @Option(names = "--seconds", defaultValue = "2", description = "At each rate (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--threads", defaultValue = "1", description = "Loops at the same time (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--steps", defaultValue = "3", description = "Of closing in on the rate (${DEFAULT-VALUE}).")
    private int steps;

    /**
     * One rung.
     *
     * @param achieved calls a second, which full speed bounds
     * @param kept true if each call came as an event
     */
    private record Rung(double achieved, boolean kept) {}

    @Override
    public List<String> quick() {
        return List.of("--seconds", "0.5", "--steps", "2");
    }

    @Override
    public List<Table> measure() throws IOException, InterruptedException {
        List<Table.Row> rows = new ArrayList<>();
        Map<String, String> refused = new LinkedHashMap<>();
        try (CallLoop loop = new CallLoop()) {
            for (Observer observer : List.of(new CaptureObserver(CaptureWay.ALL.get(0)), ToolObserver.OPENSNOOP)) {
                try {
                    rows.add(Table.Row.of(observer.name(), climb(observer, loop)));
                } catch (Refused e) {
                    refused.put(observer.name(), e.getMessage());
                }
            }
        }
        return List.of(new Table(
                "ladder",
                String.format(
                        Locale.ROOT,
                        "openat+close a second without a lost event, %s, %.1f s at each rate",
                        threads == 1 ? "1 thread" : threads + " threads",
                        seconds),
                List.of(new Table.Column("calls_per_second", "calls a second", 0)),
                rows,
                refused.entrySet().stream()
                        .map(each -> each.getKey() + ": not here. " + each.getValue())
                        .toList()));
    }

    private double climb(Observer observer, CallLoop loop) throws IOException, InterruptedException, Refused {
        double kept = 0;
        long rate = from;
        Rung rung = at(rate, observer, loop);
        while (rung.kept()) {
            kept = Math.max(kept, rung.achieved());
            // The loop was slower than asked, so there is no higher rate.
            if (rung.achieved() < 0.9 * rate * threads) {
                return kept;
            }
            rate *= 2;
            rung = at(rate, observer, loop);
        }
        long low = rate / 2;
        long high = rate;
        for (int step = 0; step < steps; step++) {
            long middle = (low + high) / 2;
            rung = at(middle, observer, loop);
            if (rung.kept()) {
                kept = Math.max(kept, rung.achieved());
                low = middle;
            } else {
                high = middle;
            }
        }
        return kept;
    }

    private Rung at(long rate, Observer observer, CallLoop loop) throws IOException, InterruptedException, Refused {
        long calls = Math.max(1, Math.round(rate * seconds));
        CallLoop.Time time;
        Observer.Watch watch = observer.start();
        try (watch) {
            time = loop.run(new CallLoop.Plan(OPEN, calls, rate, threads), watch::only);
        }
        double achieved = threads * TimeUnit.SECONDS.toNanos(1) / time.wall();
        boolean kept = watch.lost() == 0 && watch.events() >= calls * threads;
        progress(String.format(
                Locale.ROOT,
                "%s: asked for %d a second, %.0f made; %d of %d told, %d lost",
                observer.name(),
                rate * threads,
                achieved,
                watch.events(),
                calls * threads,
                watch.lost()));
        return new Rung(achieved, kept);
    }
}
