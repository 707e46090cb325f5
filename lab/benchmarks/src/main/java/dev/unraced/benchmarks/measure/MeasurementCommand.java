// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.report.ReportPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that measures and prints tables, or the same as JSON. */
public abstract class MeasurementCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints one JSON object with the tables.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also writes a page with tables and charts.")
    private @Nullable Path html;

    /** Measures and returns the tables to print, and reports its progress. */
    public abstract List<Table> measure() throws Exception;

    /** Returns the arguments that shorten the measurement. */
    public abstract List<String> quick();

    protected final CommandSpec spec() {
        return spec;
    }

    public final void progress(String message) {
        spec.commandLine().getErr().println(message);
    }

    @Override
    public final Integer call() throws Exception {
        String machine = machine();
        List<Table> tables = measure();
        PrintWriter out = spec.commandLine().getOut();
        String all = json(machine, tables);
        if (json) {
            out.print(all);
            out.flush();
        } else {
            tables.forEach(table -> table.print(out));
        }
        if (html != null) {
            Files.writeString(html, new ReportPage().add(all).html(Instant.now()));
        }
        return 0;
    }

    /** Describes the machine and the time of a measurement. */
    public static String machine() {
        return String.format(
                Locale.ROOT,
                "%s, Linux %s, %d processors, Java %s, load average %.1f",
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Returns a JSON object from which the command {@code report} makes a page. */
    public static String json(String machine, List<Table> tables) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("machine", machine);
            json.writeArrayFieldStart("tables");
            for (Table table : tables) {
                table.write(json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }
}
