// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares figures with the targets that the project has set itself. */
final class Targets {
    private Targets() {}

    /**
     * A figure and its bound.
     *
     * @param table its table
     * @param row its row
     * @param column its column
     * @param atMost true if the bound is the highest value, false if it is the lowest
     */
    private record Target(String what, String table, String row, String column, double bound, boolean atMost) {
        boolean kept(double value) {
            return atMost ? value <= bound : value >= bound;
        }
    }

    private static final List<Target> ALL = List.of(
            new Target("ns added to openat+close, stash", "open", "stash", "added_ns", 1_000, true),
            new Target("ns added to an unwatched call", "getppid", "stash", "added_ns", 75, true),
            new Target("ring bytes of an open, short path", "drain", "count", "record_bytes", 126, true),
            new Target("reader in Java, rate over C's", "drain", "count", "rate_ratio", 0.95, false),
            new Target("reader in Java, heap bytes per event", "drain", "count", "heap_bytes", 0.5, true),
            new Target("ms from opening to the first event", "start", "first time", "ms", 300, true),
            new Target("MiB of the kernel, default capture", "memory", "all", "mib", 48, true));

    static Table table(Map<String, Table> measured) {
        List<Table.Row> rows = new ArrayList<>();
        for (Target target : ALL) {
            Table table = measured.get(target.table());
            double value = table == null ? Double.NaN : table.value(target.row(), target.column());
            add(rows, target, value);
        }
        Table ladder = measured.get("ladder");
        if (ladder != null) {
            add(
                    rows,
                    new Target("calls a second without loss, over opensnoop's", "", "", "", 3, false),
                    ladder.value("stash", "calls_per_second") / ladder.value("opensnoop", "calls_per_second"));
        }
        return new Table(
                "targets",
                "Targets; \"within\" is 1 where the figure is on the right side of its bound",
                List.of(
                        new Table.Column("measured", "measured", 2),
                        new Table.Column("bound", "bound", 2),
                        new Table.Column("within", "within", 0)),
                rows,
                List.of());
    }

    private static void add(List<Table.Row> rows, Target target, double value) {
        if (!Double.isNaN(value)) {
            rows.add(Table.Row.of(target.what(), value, target.bound(), target.kept(value) ? 1.0 : 0.0));
        }
    }
}
