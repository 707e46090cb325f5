// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.CallLoop.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What being observed costs real work, by each observer in turn. */
@Command(
        name = "system",
        mixinStandardHelpOptions = true,
        description = {
            "Measures work of this machine while nothing observes it, and while each observer does, in turn: this"
                    + " project's drivers, and opensnoop and tcpconnect of Debian's libbpf-tools. Needs root.",
            "%nNanoseconds of a round, best of the rounds; what the observer adds to them, as a number and as a ratio;"
                    + " events that it told of, and that it lost, in all rounds together, other programs' included.%n"
        })
final class SystemCost extends Measurement {
    private static final String NOTHING = Observer.NOTHING.name();

    @Option(
            names = "--workloads",
            split = ",",
            description = "Of open, open-255, open-4000, open-missing, connect, getppid, compile, redis (all).")
    private List<String> workloads = new ArrayList<>();

    @Option(
            names = "--observers",
            split = ",",
            defaultValue = "stash,stash-unchecked,off,kernel,kmod-stash,opensnoop,tcpconnect",
            description =
                    "opensnoop, tcpconnect, falco-kmod, and the ways that \"bench kernel\" knows (${DEFAULT-VALUE}).")
    private List<String> observers = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--scale",
            defaultValue = "1",
            description = "Multiplies the length of a round, which is half a second or so (${DEFAULT-VALUE}).")
    private double scale;

    @Option(names = "--threads", defaultValue = "1", description = "Loops at the same time (${DEFAULT-VALUE}).")
    private int threads;

    @Override
    List<String> quick() {
        return List.of("--workloads", "open,connect,getppid", "--rounds", "3", "--scale", "0.5");
    }

    @Override
    List<Table> measure() throws IOException, InterruptedException {
        List<Observer> wanted = new ArrayList<>(List.of(Observer.NOTHING));
        observers.forEach(name -> wanted.add(observer(name)));
        List<Table> tables = new ArrayList<>();
        for (String name : workloads.isEmpty() ? Workloads.ALL.keySet() : workloads) {
            Workloads.Maker maker = Workloads.ALL.get(name);
            if (maker == null) {
                throw new ParameterException(
                        spec().commandLine(),
                        "no workload is called " + name + "; there are " + Workloads.ALL.keySet());
            }
            try (Workload workload = maker.make()) {
                tables.add(measure(workload, wanted));
            } catch (Observer.Refused e) {
                progress(String.format(Locale.ROOT, "%s: not here. %s", name, e.getMessage()));
            }
        }
        return tables;
    }

    private Observer observer(String name) {
        return Stream.concat(
                        Stream.of(ToolObserver.OPENSNOOP, ToolObserver.TCPCONNECT, new FalcoObserver()),
                        CaptureWay.ALL.stream().map(CaptureObserver::new))
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec().commandLine(),
                        "no observer is called " + name + "; \"bench system --help\" tells them"));
    }

    /** What one observer's rounds came to. */
    private static final class Sum {
        Time best = Time.NEVER;
        long events;
        long lost;
    }

    private Table measure(Workload workload, List<Observer> wanted) throws IOException, InterruptedException {
        long count = Math.max(1, Math.round(workload.rounds() * scale));
        Map<String, Sum> sums = new LinkedHashMap<>();
        Map<String, String> refused = new LinkedHashMap<>();
        // Taken in turns, so that a noisy neighbour meets all.
        for (int round = 0; round < rounds; round++) {
            progress(String.format(Locale.ROOT, "%s: round %d of %d", workload.name(), round + 1, rounds));
            for (Observer observer : wanted) {
                if (refused.containsKey(observer.name()) || !observer.observes(workload.name())) {
                    continue;
                }
                try {
                    measure(workload, observer, count, sums.computeIfAbsent(observer.name(), name -> new Sum()));
                } catch (Observer.Refused e) {
                    sums.remove(observer.name());
                    refused.put(observer.name(), e.getMessage());
                }
            }
        }
        return table(workload, sums, refused);
    }

    private void measure(Workload workload, Observer observer, long count, Sum sum)
            throws IOException, InterruptedException, Observer.Refused {
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
                        new Table.Column("added_cpu_ns", "cpu added", 0),
                        new Table.Column("events", "events", 0),
                        new Table.Column("lost", "lost", 0)),
                rows,
                refused.entrySet().stream()
                        .map(each -> each.getKey() + ": not here. " + each.getValue())
                        .toList());
    }
}
