// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.BarChart;
import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.report.ReportPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code bench} command. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what an event costs. Without a command: system, ladder, drain and start, and the project's targets"
                    + " beside what was measured, in a quarter of an hour; the tables also go to files, as text, JSON, a page"
                    + " of HTML and an SVG for each. Needs root, and a machine that does nothing else.",
        },
        footer = "%nExit codes: 0 measured, 1 a measurement failed, 2 wrong command line.",
        subcommands = {
            SystemCost.class,
            LadderCost.class,
            DrainCost.class,
            StartCost.class,
            KernelCost.class,
            ScaleCost.class,
            Guard.class,
            ReaderCost.class,
            WakeUpLatency.class,
            SimCost.class,
            GvisorCost.class,
            RemoteCost.class
        })
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "Takes two minutes: fewer workloads and rounds.")
    private boolean quick;

    @Option(names = "--out", defaultValue = "target/bench", description = "Folder of the files (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Option(names = "--html", paramLabel = "FILE", description = "Where the page goes (bench.html in that folder).")
    private @Nullable Path html;

    private Main() {}

    /** Exits with 0, or with 1 when a measurement failed, or with 2 on wrong usage. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, result) -> {
            command.getErr().println("bench: " + e.getMessage());
            return 1;
        });
        return line;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, Table> tables = new LinkedHashMap<>();
        StringWriter text = new StringWriter();
        String machine = MeasurementCommand.machine();
        emit(machine + "\n\n", text);
        for (MeasurementCommand each : List.of(new StartCost(), new SystemCost(), new LadderCost(), new DrainCost())) {
            CommandLine line = new CommandLine(each).setErr(spec.commandLine().getErr());
            line.parseArgs(quick ? each.quick().toArray(String[]::new) : new String[0]);
            for (Table table : each.measure()) {
                tables.put(table.id(), table);
                emit(printed(table), text);
            }
        }
        Table targets = Targets.table(tables);
        emit(printed(targets), text);
        tables.put(targets.id(), targets);
        save(machine, tables, text.toString());
        spec.commandLine().getOut().println("all of it is in " + out);
        return 0;
    }

    private void emit(String some, StringWriter text) {
        text.write(some);
        spec.commandLine().getOut().print(some);
        spec.commandLine().getOut().flush();
    }

    private static String printed(Table table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text));
        return text.toString();
    }

    private void save(String machine, Map<String, Table> tables, String text) throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("bench.txt"), text);
        String json = MeasurementCommand.json(machine, List.copyOf(tables.values()));
        Files.writeString(out.resolve("bench.json"), json);
        Files.writeString(
                html == null ? out.resolve("bench.html") : html,
                new ReportPage().add(json).html(Instant.now()));
        for (Table table : tables.values()) {
            if (!table.rows().isEmpty() && !table.id().equals("targets")) {
                Files.writeString(
                        out.resolve(table.id() + ".svg"),
                        BarChart.svg(table, table.columns().get(0)));
            }
        }
    }
}
