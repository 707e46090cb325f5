// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code bench}, as the template shows it.
 *
 * @param machine the machine and the time
 */
record BenchmarkSection(String machine, List<Table> tables) {
    /** The table whose rows each have a unit of their own. */
    private static final String TARGETS = "targets";

    /**
     * A table of figures.
     *
     * @param id unique on this page
     * @param headings the headings of the columns
     * @param chart of the first column, if that has figures to compare
     */
    record Table(
            String id,
            String title,
            List<String> headings,
            List<Row> rows,
            List<String> notes,
            @Nullable BarChart chart) {}

    /** @param figures as printed; empty for a missing figure */
    record Row(String name, List<String> figures) {}

    private record Column(String key, String heading, int decimals) {
        String format(double value) {
            return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
        }
    }

    /** @param id unique among measurements */
    static BenchmarkSection of(Fields fields, String id) {
        List<Table> tables = new ArrayList<>();
        for (Fields table : fields.objects("tables")) {
            tables.add(table(table, id + "-" + tables.size()));
        }
        return new BenchmarkSection(fields.string("machine"), tables);
    }

    private static Table table(Fields fields, String id) {
        List<Column> columns = fields.objects("columns").stream()
                .map(column -> new Column(
                        column.string("key"), column.string("heading"), decimals(column.integer("decimals"))))
                .toList();
        if (columns.isEmpty()) {
            throw new ReportFormatException("a table has no columns");
        }
        Column first = columns.get(0);
        List<Row> rows = new ArrayList<>();
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Fields row : fields.objects("rows")) {
            String name = row.string("name");
            rows.add(new Row(
                    name,
                    columns.stream()
                            .map(column -> column.format(row.numberOrNaN(column.key())))
                            .toList()));
            double value = row.numberOrNaN(first.key());
            if (!Double.isNaN(value)) {
                bars.add(new BarChart.Bar(name, value, first.format(value)));
            }
        }
        boolean isComparable = bars.size() > 1 && !fields.string("id").equals(TARGETS);
        return new Table(
                id,
                fields.string("title"),
                columns.stream().map(Column::heading).toList(),
                rows,
                fields.strings("notes"),
                isComparable ? new BarChart(fields.string("title") + ": " + first.heading(), bars) : null);
    }

    private static int decimals(long decimals) {
        return (int) Math.max(0, Math.min(decimals, 9));
    }
}
