// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The cost that observers add to an open and close, in the figures of a table of docs/reference/performance.md. */
final class CostChart {
    private static final Path FIGURES = Path.of("docs/reference/performance.md");
    private static final String SECTION = "## In a guest that counts instructions";
    private static final Pattern ROW =
            Pattern.compile("\\| ([^|]+?) \\| [\\d,]+ \\| ([\\d,]+) \\| [\\d,]+ \\| [\\d,]+ \\|");
    private static final int WIDTH = 884;
    private static final int NAMES = 400;
    private static final int ROW_HEIGHT = 30;
    private static final int TOP = 62;

    /** A bar of the chart. */
    record Cost(String observer, String added) {
        int value() {
            return Integer.parseInt(added.replace(",", ""));
        }

        boolean isPeer() {
            return !observer.startsWith("eBPF") && !observer.startsWith("module");
        }
    }

    private CostChart() {}

    static String svg(Path tree) throws IOException {
        List<Cost> costs = costs(Files.readString(tree.resolve(FIGURES)));
        int most = costs.stream().mapToInt(Cost::value).max().orElse(1);
        Svg svg = new Svg(
                "Instructions that observers add to an openat and close",
                costs.stream()
                        .map(cost -> cost.observer() + ": " + cost.added())
                        .collect(Collectors.joining("; ", "", ".")),
                WIDTH,
                TOP + 6 + costs.size() * ROW_HEIGHT);
        svg.text("head", "start", 16, 28, "instructions that observing adds to an openat and close (Linux 6.12)")
                .text(
                        "dim",
                        "start",
                        16,
                        46,
                        "eBPF at functions, the module at tracepoints, unless a bar says otherwise");
        for (int i = 0; i < costs.size(); i++) {
            Cost cost = costs.get(i);
            int y = TOP + i * ROW_HEIGHT;
            double length = (WIDTH - NAMES - 80.0) * cost.value() / most;
            svg.text("", "end", NAMES - 10, y + 16, cost.observer())
                    .rectangle(cost.isPeer() ? "other" : "bar", NAMES, y + 3, length, 18)
                    .text("", "start", NAMES + length + 8, y + 16, cost.added());
        }
        return svg.toString();
    }

    static List<Cost> costs(String page) {
        return page.lines()
                .dropWhile(line -> !line.equals(SECTION))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> new Cost(
                        row.group(1).replace("`", "").replaceFirst(", limited to the five calls", ""), row.group(2)))
                .filter(cost -> !cost.observer().contains("compat"))
                .toList();
    }
}
