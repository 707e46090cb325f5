// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.observer.Observer;
import dev.unraced.benchmarks.observer.Observers;
import dev.unraced.benchmarks.observer.Turns;
import dev.unraced.benchmarks.workload.Workload;
import dev.unraced.benchmarks.workload.Workloads;
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

/** Fails when a figure has become much slower than the figure measured beside it. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        description = {
            "Compares ratios of what is measured in the same run with wide bounds, in about a minute, and ends with 1 when"
                    + " the same one is outside three times in a row: for a build. Times of a shared machine mean nothing on their own;"
                    + " their ratios do. Needs root.",
            "%nWith --instructions the bounds are narrow, and one run is enough: benchmarks/vm/guard does that in a guest"
                    + " whose clock counts instructions.%n"
        })
final class Guard implements Callable<Integer> {
    private static final int ATTEMPTS = 3;
    private static final double SHORT = 0.3;
    /** An emulator that counts instructions is slow, and its figures repeat. */
    private static final double SHORTEST = 0.02;

    private static final double OF_EXECS = 0.1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each kind (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--instructions",
            description = "The bounds for a guest in which a nanosecond is an instruction, with both drivers.")
    private boolean instructions;

    @Option(
            names = "--path",
            defaultValue = "/etc/hostname",
            description = "What is opened (${DEFAULT-VALUE}); with --instructions best a file in memory.")
    private String path;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Table ratios = table(measured());
        Set<String> always = outside(ratios);
        for (int attempt = 1; attempt < (instructions ? 1 : ATTEMPTS) && !always.isEmpty(); attempt++) {
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
        Turns turns = new Turns(rounds, instructions ? SHORTEST : SHORT, 1, message -> {});
        Map<String, Table> tables = new LinkedHashMap<>();
        for (String name : List.of(Ratios.OPEN, Ratios.UNWATCHED)) {
            tables.put(name, measured(name, turns, ratios().observers()));
        }
        if (instructions) {
            Turns execs = new Turns(rounds, OF_EXECS, 1, message -> {});
            tables.put(Ratios.EXEC, measured(Ratios.EXEC, execs, Ratios.OF_EXECS));
        } else {
            DrainCost drain = new DrainCost();
            new CommandLine(drain)
                    .setErr(new PrintWriter(PrintWriter.nullWriter()))
                    .parseArgs();
            tables.put(Ratios.DRAIN, drain.measure().get(0));
        }
        if (Ratios.misses(tables)) {
            throw new IOException(String.join("; ", tables.get(Ratios.OPEN).notes()));
        }
        return tables;
    }

    private Table measured(String name, Turns turns, List<String> names) throws IOException, InterruptedException {
        List<Observer> observers = new ArrayList<>(List.of(Observer.NOTHING));
        for (String observer : names) {
            observers.add(Observers.named(observer).orElseThrow());
        }
        try (Workload workload = name.equals(Ratios.OPEN)
                ? Workloads.open(path)
                : Workloads.ALL.get(name).make()) {
            return turns.measure(workload, observers);
        } catch (Refused e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Ratios ratios() {
        return instructions ? Ratios.OF_INSTRUCTIONS : Ratios.OF_TIMES;
    }

    private Table table(Map<String, Table> measured) {
        List<Table.Row> rows = ratios().all().stream()
                .map(ratio -> ratio.row(measured))
                // In the guest all observers run.
                .filter(row -> instructions || !row.values().get(0).isNaN())
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
