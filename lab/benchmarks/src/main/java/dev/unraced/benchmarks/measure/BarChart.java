// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import java.util.List;
import java.util.Locale;

/** One column of a table as an SVG of horizontal bars, in the colours that the reader's device prefers. */
public final class BarChart {
    private static final int WIDTH = 720;
    private static final int LABELS = 190;
    private static final int NUMBERS = 90;
    private static final int LINE = 26;
    private static final int BAR = 16;
    private static final int TOP = 44;
    private static final String STYLE = """
            text { font: 13px system-ui, sans-serif; fill: #1c2733; }
            .title { font-weight: 600; }
            .bar { fill: #2166ac; }
            @media (prefers-color-scheme: dark) { text { fill: #e4e9ee; } .bar { fill: #74add1; } }
            """;

    private BarChart() {}

    public static String svg(Table table, Table.Column column) {
        List<Table.Row> rows = table.rows().stream()
                .filter(row -> !Double.isNaN(table.value(row.name(), column.key())))
                .toList();
        double most = rows.stream()
                .mapToDouble(row -> table.value(row.name(), column.key()))
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder();
        int height = TOP + rows.size() * LINE;
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t\">%n"
                        + "<title id=\"t\">%s: %s</title>%n<style>%n%s</style>%n<text class=\"title\" x=\"0\" y=\"20\">%s</text>%n",
                WIDTH,
                height,
                escaped(table.title()),
                escaped(column.heading()),
                STYLE,
                escaped(table.title() + ": " + column.heading())));
        for (int i = 0; i < rows.size(); i++) {
            double value = table.value(rows.get(i).name(), column.key());
            double length = Math.max(0, value) / Math.max(most, Double.MIN_NORMAL) * (WIDTH - LABELS - NUMBERS);
            int y = TOP + i * LINE;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"0\" y=\"%d\">%s</text>%n<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n"
                            + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                    y + BAR - 3,
                    escaped(rows.get(i).name()),
                    LABELS,
                    y,
                    length,
                    BAR,
                    LABELS + length + 6,
                    y + BAR - 3,
                    column.format(value)));
        }
        return svg.append("</svg>").append(System.lineSeparator()).toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
