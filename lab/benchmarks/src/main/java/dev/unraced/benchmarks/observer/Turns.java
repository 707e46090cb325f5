// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.workload.CallLoop.Time;
import dev.unraced.benchmarks.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs work under one observer after the other, repeatedly, so that a noisy neighbour meets all.
 *
 * @param rounds the rounds of each observer, of which the best counts
 * @param scale multiplies the length of a round
 * @param threads threads that work at the same time
 * @param progress gets a line for each round
 */
public record Turns(int rounds, double scale, int threads, Consumer<String> progress) {
    private static final String NOTHING = Observer.NOTHING.name();

    /** The result of one observer's rounds. */
    private static final class Sum {
        Time best = Time.NEVER;
        long events;
        long lost;
    }

    /** Measures a workload, with a row for each observer that runs here. */
    public Table measure(Workload workload, List<Observer> wanted) throws IOException, InterruptedException {
        long count = Math.max(1, Math.round(workload.rounds() * scale));
        Map<String, Sum> sums = new LinkedHashMap<>();
        Map<String, String> refused = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            progress.accept(String.format(Locale.ROOT, "%s: round %d of %d", workload.name(), round + 1, rounds));
            for (Observer observer : wanted) {
                if (refused.containsKey(observer.name()) || !observer.observes(workload.name())) {
                    continue;
                }
                try {
                    measure(workload, observer, count, sums.computeIfAbsent(observer.name(), name -> new Sum()));
                } catch (Refused e) {
                    sums.remove(observer.name());
                    refused.put(observer.name(), e.getMessage());
                }
            }
        }
        return table(workload, sums, refused);
    }

    private void measure(Workload workload, Observer observer, long count, Sum sum)
            throws IOException, InterruptedException, Refused {
        Observer.Watch watch = observer.start();
        try (watch) {
            sum.best = sum.best.least(workload.run(count, threads, pid -> {}));
        }
        sum.events += watch.events();
        sum.lost += watch.lost();
    }

    private Table table(Workload workload, Map<String, Sum> sums, Map<String, String> refused) {
        double bare = sums.getOrDefault(NOTHING, new Sum()).best.wall();
        double bareCpu = sums.getOrDefault(NOTHING, new Sum()).best.cpu();
        List<Table.Row> rows = new ArrayList<>();
        sums.forEach((name, sum) -> rows.add(Table.Row.of(
                name,
                sum.best.wall(),
                name.equals(NOTHING) ? Double.NaN : sum.best.wall() - bare,
                sum.best.wall() / bare,
                sum.best.cpu(),
                name.equals(NOTHING) ? Double.NaN : sum.best.cpu() - bareCpu,
                name.equals(NOTHING) ? Double.NaN : (double) sum.events,
                name.equals(NOTHING) ? Double.NaN : (double) sum.lost)));
        return new Table(
                workload.name(),
                String.format(
                        Locale.ROOT,
                        "%s, %s, ns a round, best of %d",
                        workload.round(),
                        threads == 1 ? "1 thread" : threads + " threads",
                        rounds),
                List.of(
                        new Table.Column("wall_ns", "wall", 0),
                        new Table.Column("added_ns", "added", 0),
                        new Table.Column("ratio", "ratio", 2),
                        new Table.Column("cpu_ns", "cpu", 0),
                        new Table.Column("added_cpu_ns", "added", 0),
                        new Table.Column("events", "events", 0),
                        new Table.Column("lost", "lost", 0)),
                rows,
                refused.entrySet().stream()
                        .map(each -> each.getKey() + ": not here. " + each.getValue())
                        .toList());
    }
}
