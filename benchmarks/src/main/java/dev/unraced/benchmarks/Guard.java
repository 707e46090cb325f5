// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fails when something has become much slower than what is measured beside it. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        description = {
            "Compares ratios of what is measured in the same run with wide bounds, in about a minute, and ends with 1 when"
                    + " the same one is outside three times in a row: for a build. Times of a shared machine mean nothing on their own;"
                    + " their ratios do. Needs root.",
        })
final class Guard implements Callable<Integer> {
    private static final int ATTEMPTS = 3;
    private static final String OPEN = "open";
    private static final String UNWATCHED = "getppid";
    /** In processor time: a neighbour adds less to it than to the wall clock. */
    private static final String ADDED = "added_cpu_ns";

    private static final String STASH = "stash";

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each kind (${DEFAULT-VALUE}).")
    private int rounds;

    /** A figure, by where it was measured. */
    private record Cell(String table, String row, String column) {
        double in(Map<String, Table> measured) {
            Table found = measured.get(table);
            return found == null ? Double.NaN : found.value(row, column);
        }
    }

    /**
     * One figure over another.
     *
     * @param bound the highest value that is accepted, 1.4 times what is usual or more: neighbours do not get there, a
     *     second copy or a lost fast path does; more for the wall clock of readers that take a millisecond
     */
    private record Ratio(String what, Cell over, Cell under, double bound) {
        Table.Row row(Map<String, Table> measured) {
            double divisor = under.in(measured);
            double value = over.in(measured) / divisor;
            return Table.Row.of(what, value, bound, value <= bound && divisor > 0 ? 1.0 : 0.0);
        }
    }

    private static Cell added(String workload, String observer) {
        return new Cell(workload, observer, ADDED);
    }

    private static Cell bare(String workload) {
        return new Cell(workload, Observer.NOTHING.name(), "cpu_ns");
    }

    private static final List<Ratio> RATIOS = List.of(
            new Ratio("open: stash adds, over the bare open and close", added(OPEN, STASH), bare(OPEN), 1.3),
            new Ratio("open: stash adds, over what opensnoop adds", added(OPEN, STASH), added(OPEN, "opensnoop"), 1.0),
            new Ratio("open: without integrity, over with", added(OPEN, "stash-unchecked"), added(OPEN, STASH), 1.2),
            new Ratio("open: off adds, over stash", added(OPEN, "off"), added(OPEN, STASH), 1.3),
            new Ratio("open: kernel adds, over stash", added(OPEN, "kernel"), added(OPEN, STASH), 1.5),
            new Ratio("open: enter events add, over stash", added(OPEN, "enter-events"), added(OPEN, STASH), 2.0),
            new Ratio(
                    "open: task storage adds, over the hash map", added(OPEN, "task-storage"), added(OPEN, STASH), 1.5),
            new Ratio("unwatched call: stash adds, over the bare call", added(UNWATCHED, STASH), bare(UNWATCHED), 2.5),
            new Ratio(
                    "unwatched call: native calls only, over all",
                    added(UNWATCHED, "native-only"),
                    added(UNWATCHED, STASH),
                    0.8),
            new Ratio(
                    "reading an event: Java over C",
                    new Cell("drain", "count", "java_ns"),
                    new Cell("drain", "count", "c_ns"),
                    2.5));

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Table ratios = table(measured());
        Set<String> always = outside(ratios);
        for (int attempt = 1; attempt < ATTEMPTS && !always.isEmpty(); attempt++) {
            ratios.print(out);
            out.println("Once more: a neighbour may have been in the way.");
            ratios = table(measured());
            always.retainAll(outside(ratios));
        }
        ratios.print(out);
        always.forEach(what -> out.println("outside each time: " + what));
        return always.isEmpty() ? 0 : 1;
    }

    private Map<String, Table> measured() throws IOException, InterruptedException {
        Turns turns = new Turns(rounds, 0.3, 1, message -> {});
        List<Observer> observers = new ArrayList<>(List.of(Observer.NOTHING));
        for (String name : List.of(
                STASH,
                "stash-unchecked",
                "off",
                "kernel",
                "enter-events",
                "task-storage",
                "native-only",
                "opensnoop")) {
            observers.add(Observers.named(name).orElseThrow());
        }
        Map<String, Table> tables = new LinkedHashMap<>();
        for (String name : List.of(OPEN, UNWATCHED)) {
            try (Workload workload = Workloads.ALL.get(name).make()) {
                tables.put(name, turns.measure(workload, observers));
            } catch (Observer.Refused e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        DrainCost drain = new DrainCost();
        new CommandLine(drain).setErr(new PrintWriter(PrintWriter.nullWriter())).parseArgs();
        tables.put("drain", drain.measure().get(0));
        if (Double.isNaN(added(OPEN, STASH).in(tables))) {
            throw new IOException(String.join("; ", tables.get(OPEN).notes()));
        }
        return tables;
    }

    private static Table table(Map<String, Table> measured) {
        List<Table.Row> rows = RATIOS.stream()
                .map(ratio -> ratio.row(measured))
                .filter(row -> !row.values().get(0).isNaN())
                .toList();
        List<String> notes = measured.values().stream()
                .flatMap(table -> table.notes().stream())
                .distinct()
                .toList();
        return new Table(
                "guard",
                "Ratios in one run; \"within\" is 1 where the ratio is not above its bound",
                List.of(
                        new Table.Column("ratio", "ratio", 2),
                        new Table.Column("bound", "bound", 2),
                        new Table.Column("within", "within", 0)),
                rows,
                notes);
    }

    private static Set<String> outside(Table ratios) {
        return ratios.rows().stream()
                .filter(row -> row.values().get(2) == 0)
                .map(Table.Row::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
