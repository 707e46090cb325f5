// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that measures and prints tables, or the same as JSON. */
abstract class Measurement implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints one JSON array of tables.")
    private boolean json;

    /** What is printed; says on the way what it is at. */
    abstract List<Table> measure() throws Exception;

    /** The arguments that shorten it to a look. */
    abstract List<String> quick();

    final CommandSpec spec() {
        return spec;
    }

    final void progress(String message) {
        spec.commandLine().getErr().println(message);
    }

    @Override
    public final Integer call() throws Exception {
        List<Table> tables = measure();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            print(tables, out);
        } else {
            tables.forEach(table -> table.print(out));
        }
        return 0;
    }

    static void print(List<Table> tables, PrintWriter out) throws IOException {
        try (JsonGenerator generator = new JsonFactory()
                .createGenerator(out)
                .useDefaultPrettyPrinter()
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            write(tables, generator);
        }
        out.println();
        out.flush();
    }

    static void write(List<Table> tables, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Table table : tables) {
            table.write(json);
        }
        json.writeEndArray();
    }
}
