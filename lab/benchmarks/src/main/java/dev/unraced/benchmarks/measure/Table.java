// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Figures to print: rows of a name and numbers.
 *
 * @param id for file names and JSON
 * @param title the measured work, and the unit
 * @param columns the headings of the numbers
 * @param rows each with a number per column; NaN for a missing one
 * @param notes to print below
 */
public record Table(String id, String title, List<Column> columns, List<Row> rows, List<String> notes) {
    private static final int GAP = 2;

    /**
     * Numbers of a kind.
     *
     * @param key in JSON
     * @param heading in print
     * @param decimals to print
     */
    public record Column(String key, String heading, int decimals) {
        String format(double value) {
            return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
    }

    /** The figures of one measured thing. */
    public record Row(String name, List<Double> values) {
        public static Row of(String name, Double... values) {
            return new Row(name, List.of(values));
        }
    }

    public Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
        int width = columns.size();
        if (rows.stream().anyMatch(row -> row.values().size() != width)) {
            throw new IllegalArgumentException("a row of " + id + " does not have " + width + " numbers");
        }
    }

    /** Returns the number in a row and column, NaN if either is missing. */
    public double value(String row, String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).key().equals(column)) {
                for (Row each : rows) {
                    if (each.name().equals(row)) {
                        return Objects.requireNonNull(each.values().get(i));
                    }
                }
            }
        }
        return Double.NaN;
    }

    public void print(PrintWriter out) {
        int first = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            int widest = rows.stream()
                    .mapToInt(row ->
                            columns.get(column).format(row.values().get(column)).length())
                    .max()
                    .orElse(0);
            widths.add(GAP + Math.max(widest, columns.get(i).heading().length()));
        }
        out.println(title);
        out.print(" ".repeat(first));
        for (int i = 0; i < columns.size(); i++) {
            out.print(padded(columns.get(i).heading(), widths.get(i)));
        }
        out.println();
        for (Row row : rows) {
            out.print(row.name() + " ".repeat(first - row.name().length()));
            for (int i = 0; i < columns.size(); i++) {
                out.print(padded(columns.get(i).format(row.values().get(i)), widths.get(i)));
            }
            out.println();
        }
        notes.forEach(out::println);
        out.println();
        out.flush();
    }

    private static String padded(String text, int width) {
        return " ".repeat(width - text.length()) + text;
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", id);
        json.writeStringField("title", title);
        json.writeArrayFieldStart("columns");
        for (Column column : columns) {
            json.writeStartObject();
            json.writeStringField("key", column.key());
            json.writeStringField("heading", column.heading());
            json.writeNumberField("decimals", column.decimals());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rows");
        for (Row row : rows) {
            json.writeStartObject();
            json.writeStringField("name", row.name());
            for (int i = 0; i < columns.size(); i++) {
                double value = row.values().get(i);
                if (!Double.isNaN(value)) {
                    json.writeNumberField(columns.get(i).key(), value);
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("notes");
        for (String note : notes) {
            json.writeString(note);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
