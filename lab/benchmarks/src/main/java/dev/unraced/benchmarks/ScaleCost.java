// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.observer.CaptureObserver;
import dev.unraced.benchmarks.observer.CaptureWay;
import dev.unraced.benchmarks.observer.Observer;
import dev.unraced.benchmarks.observer.SideBySide;
import dev.unraced.benchmarks.observer.Turns;
import dev.unraced.benchmarks.workload.Workload;
import dev.unraced.benchmarks.workload.Workloads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how the cost of an event grows with the size of a load. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how cost grows: on this machine with the length of the path, with callers at the same time, with"
                    + " filters and with captures side by side; beyond it, on one thread, with calls in flight in a stash"
                    + " and with rings to merge, one for each CPU. Needs root.",
            "%n\"unraced lab size\" tells what share of calls a stash of a certain size loses on larger machines.%n"
        })
final class ScaleCost extends MeasurementCommand {
    private static final String ADDED = "added_ns";
    private static final String CPU_ADDED = "added_cpu_ns";
    private static final CaptureWay STASH = CaptureWay.ALL.get(0);
    private static final List<Integer> LENGTHS = List.of(Workloads.SHORT_PATH, 64, 128, 255, 1_000, 2_000, 4_000);
    private static final List<Integer> CALLERS = List.of(1, 2, 4, 16, 64);
    private static final int CAPTURES = 4;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--scale",
            defaultValue = "0.5",
            description = "Multiplies the length of a round, which is half a second or so (${DEFAULT-VALUE}).")
    private double scale;

    @Override
    public List<String> quick() {
        return List.of("--rounds", "2", "--scale", "0.2");
    }

    @Override
    public List<Table> measure() throws IOException, InterruptedException {
        List<Table> tables = new ArrayList<>();
        tables.add(lengths());
        tables.add(callers());
        tables.add(filters());
        tables.add(captures());
        tables.addAll(new ScaleModel(this::progress).measure(rounds));
        return tables;
    }

    /** All callers together make as many calls as a single caller would. */
    private Turns turns(int callers) {
        return new Turns(rounds, scale / callers, callers, this::progress);
    }

    private Table lengths() throws IOException, InterruptedException {
        List<Table.Row> rows = new ArrayList<>();
        for (int length : LENGTHS) {
            try (Workload workload = Workloads.openOfLength(length)) {
                Table table = turns(1).measure(workload, List.of(Observer.NOTHING, new CaptureObserver(STASH)));
                rows.add(row(length + " bytes", table, STASH.name(), 1));
            }
        }
        return table("path-length", "openat+close by the length of the path, stash, ns", rows);
    }

    private Table callers() throws IOException, InterruptedException {
        List<Table.Row> rows = new ArrayList<>();
        for (int callers : CALLERS) {
            try (Workload workload = Workloads.openOfLength(Workloads.SHORT_PATH)) {
                Table table = turns(callers).measure(workload, List.of(Observer.NOTHING, new CaptureObserver(STASH)));
                rows.add(row(callers + (callers == 1 ? " caller" : " callers"), table, STASH.name(), callers));
            }
        }
        return table("callers", "openat+close by callers at the same time, stash, ns of a call of all together", rows);
    }

    private Table filters() throws IOException, InterruptedException {
        Map<String, Map<String, Object>> ways = new LinkedHashMap<>();
        ways.put("none", Map.of());
        ways.put("user, passes", Map.of("unraced.filter.uids", List.of(0)));
        ways.put("path, passes", Map.of("unraced.filter.paths", List.of("/")));
        ways.put("user, hides", Map.of("unraced.filter.uids", List.of(65_533)));
        ways.put("path, hides", Map.of("unraced.filter.paths", List.of("/no-such-folder")));
        ways.put("result, hides", Map.of("unraced.filter.result", "failed"));
        List<Observer> observers = new ArrayList<>(List.of(Observer.NOTHING));
        ways.forEach(
                (name, settings) -> observers.add(new CaptureObserver(new CaptureWay(name, STASH.driver(), settings))));
        List<Table.Row> rows = new ArrayList<>();
        try (Workload workload = Workloads.openOfLength(Workloads.SHORT_PATH)) {
            Table table = turns(1).measure(workload, observers);
            ways.keySet().forEach(name -> rows.add(row(name, table, name, 1)));
        }
        return table("filters", "openat+close by the filter in the kernel, stash, ns", rows);
    }

    private Table captures() throws IOException, InterruptedException {
        List<Observer> observers = new ArrayList<>(List.of(Observer.NOTHING));
        for (int count = 1; count <= CAPTURES; count++) {
            observers.add(new SideBySide(count, new CaptureObserver(STASH)));
        }
        List<Table.Row> rows = new ArrayList<>();
        try (Workload workload = Workloads.openOfLength(Workloads.SHORT_PATH)) {
            Table table = turns(1).measure(workload, observers);
            observers.stream().skip(1).forEach(each -> rows.add(row(each.name(), table, each.name(), 1)));
        }
        return table("captures", "openat+close by captures side by side, stash, ns", rows);
    }

    private static Table.Row row(String name, Table measured, String observer, int callers) {
        return Table.Row.of(
                name,
                measured.value(Observer.NOTHING.name(), "wall_ns") / callers,
                measured.value(observer, ADDED) / callers,
                measured.value(observer, CPU_ADDED));
    }

    private static Table table(String id, String title, List<Table.Row> rows) {
        return new Table(
                id,
                title,
                List.of(
                        new Table.Column("bare_ns", "bare", 0),
                        new Table.Column(ADDED, "added", 0),
                        new Table.Column(CPU_ADDED, "cpu added", 0)),
                rows,
                List.of());
    }
}
