// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.observer.Observer;
import java.util.List;
import java.util.Map;

/**
 * The ratios with bounds that a build checks.
 *
 * @param observers the names of the observers to measure
 * @param all the comparisons; those of an observer that does not run here are left out
 */
record Ratios(List<String> observers, List<Ratio> all) {
    static final String OPEN = "open";
    static final String UNWATCHED = "getppid";
    static final String EXEC = "exec";
    static final String DRAIN = "drain";
    /** The figures are CPU times, to which a neighbour adds less than to the wall clock. */
    private static final String ADDED = "added_cpu_ns";

    private static final String CPU = "cpu_ns";

    private static final String STASH = "stash";
    private static final String PROCESS_EVENTS = "process-events";
    private static final String TRACEPOINT = "tracepoint";

    private static final String UNREAD = "unread";
    private static final String PROCESS_EVENTS_UNREAD = "process-events-unread";

    /**
     * The observers of an exec, of which an emulator makes few. Nobody reads their events, since a reader shares the
     * guest's only processor with the exec, and adds from 0.6 to 3.5 % in different boots.
     */
    static final List<String> OF_EXECS = List.of(UNREAD, PROCESS_EVENTS_UNREAD);

    private static final String MODULE_FUNCTION = "kmod-function";
    private static final String MODULE_TRACEPOINT = "kmod-tracepoint";

    /** A figure, by its place in the tables. */
    private record Cell(String table, String row, String column) {
        double in(Map<String, Table> measured) {
            Table found = measured.get(table);
            return found == null ? Double.NaN : found.value(row, column);
        }
    }

    /**
     * One figure over another.
     *
     * @param bound the highest accepted value
     */
    record Ratio(String what, Cell over, Cell under, double bound) {
        Table.Row row(Map<String, Table> measured) {
            double divisor = under.in(measured);
            double value = over.in(measured) / divisor;
            return Table.Row.of(what, value, bound, value <= bound && divisor > 0 ? 1.0 : 0.0);
        }
    }

    /**
     * The ratios of times. A bound is at least 1.4 times the usual ratio: neighbours do not reach it, a second copy or
     * a lost fast path does. It is more for the wall clock of readers that take a millisecond.
     */
    static final Ratios OF_TIMES = new Ratios(
            List.of(
                    STASH,
                    "stash-unchecked",
                    "off",
                    "kernel",
                    "enter-events",
                    "task-storage",
                    "native-only",
                    "opensnoop"),
            List.of(
                    new Ratio("open: stash adds, over the bare open and close", added(OPEN, STASH), bare(OPEN), 1.3),
                    new Ratio(
                            "open: stash adds, over what opensnoop adds",
                            added(OPEN, STASH),
                            added(OPEN, "opensnoop"),
                            1.0),
                    new Ratio(
                            "open: without integrity, over with",
                            added(OPEN, "stash-unchecked"),
                            added(OPEN, STASH),
                            1.2),
                    new Ratio("open: off adds, over stash", added(OPEN, "off"), added(OPEN, STASH), 1.3),
                    new Ratio("open: kernel adds, over stash", added(OPEN, "kernel"), added(OPEN, STASH), 1.5),
                    new Ratio(
                            "open: enter events add, over stash", added(OPEN, "enter-events"), added(OPEN, STASH), 2.0),
                    new Ratio(
                            "open: task storage adds, over the hash map",
                            added(OPEN, "task-storage"),
                            added(OPEN, STASH),
                            1.5),
                    new Ratio(
                            "unwatched call: stash adds, over the bare call",
                            added(UNWATCHED, STASH),
                            bare(UNWATCHED),
                            2.5),
                    new Ratio(
                            "unwatched call: native calls only, over all",
                            added(UNWATCHED, "native-only"),
                            added(UNWATCHED, STASH),
                            0.8),
                    new Ratio(
                            "reading an event: Java over C",
                            new Cell(DRAIN, "count", "java_ns"),
                            new Cell(DRAIN, "count", "c_ns"),
                            2.5)));

    /**
     * The ratios of instructions, which are nearly the same from run to run. A bound is at most a tenth above the usual
     * ratio; those of an open are less than a twentieth above what the evidence of decisions 6 and 27 costs. The bound
     * of the programs without integrity lies above 0.9, since that ratio rises when integrity costs less.
     */
    static final Ratios OF_INSTRUCTIONS = new Ratios(
            List.of(
                    STASH,
                    "stash-unchecked",
                    "kernel",
                    PROCESS_EVENTS,
                    TRACEPOINT,
                    "native-only",
                    MODULE_FUNCTION,
                    "kmod-function-kernel",
                    MODULE_TRACEPOINT,
                    "kmod-tracepoint-kernel"),
            List.of(
                    new Ratio(
                            "open: eBPF stash adds, over the bare open and close",
                            added(OPEN, STASH),
                            bare(OPEN),
                            0.82),
                    new Ratio(
                            "open: eBPF at tracepoints adds, over the bare open and close",
                            added(OPEN, TRACEPOINT),
                            bare(OPEN),
                            0.85),
                    new Ratio(
                            "open: eBPF without integrity, over with",
                            added(OPEN, "stash-unchecked"),
                            added(OPEN, STASH),
                            0.92),
                    new Ratio("open: eBPF kernel adds, over stash", added(OPEN, "kernel"), added(OPEN, STASH), 1.2),
                    new Ratio(
                            "open: module at functions adds, over the bare open and close",
                            added(OPEN, MODULE_FUNCTION),
                            bare(OPEN),
                            0.5),
                    new Ratio(
                            "open: module at tracepoints adds, over the bare open and close",
                            added(OPEN, MODULE_TRACEPOINT),
                            bare(OPEN),
                            0.5),
                    new Ratio(
                            "open: module kernel at functions adds, over stash there",
                            added(OPEN, "kmod-function-kernel"),
                            added(OPEN, MODULE_FUNCTION),
                            1.36),
                    new Ratio(
                            "open: module kernel at tracepoints adds, over stash there",
                            added(OPEN, "kmod-tracepoint-kernel"),
                            added(OPEN, MODULE_TRACEPOINT),
                            1.36),
                    new Ratio(
                            "unwatched call: eBPF adds, over the bare call",
                            added(UNWATCHED, STASH),
                            bare(UNWATCHED),
                            0.01),
                    new Ratio(
                            "unwatched call: eBPF with process events adds, over the bare call",
                            added(UNWATCHED, PROCESS_EVENTS),
                            bare(UNWATCHED),
                            0.01),
                    new Ratio(
                            "exec: with process events, over a capture of calls, both unread",
                            new Cell(EXEC, PROCESS_EVENTS_UNREAD, CPU),
                            new Cell(EXEC, UNREAD, CPU),
                            1.02),
                    new Ratio(
                            "unwatched call: eBPF at tracepoints adds, over the bare call",
                            added(UNWATCHED, TRACEPOINT),
                            bare(UNWATCHED),
                            0.88),
                    new Ratio(
                            "unwatched call: eBPF, native calls only, over the bare call",
                            added(UNWATCHED, "native-only"),
                            bare(UNWATCHED),
                            0.5),
                    new Ratio(
                            "unwatched call: module at functions adds, over the bare call",
                            added(UNWATCHED, MODULE_FUNCTION),
                            bare(UNWATCHED),
                            0.01),
                    new Ratio(
                            "unwatched call: module at tracepoints adds, over the bare call",
                            added(UNWATCHED, MODULE_TRACEPOINT),
                            bare(UNWATCHED),
                            0.3)));

    /** Returns whether not even the first way of capturing could be measured. */
    static boolean misses(Map<String, Table> measured) {
        return Double.isNaN(added(OPEN, STASH).in(measured));
    }

    private static Cell added(String workload, String observer) {
        return new Cell(workload, observer, ADDED);
    }

    private static Cell bare(String workload) {
        return new Cell(workload, Observer.NOTHING.name(), CPU);
    }
}
