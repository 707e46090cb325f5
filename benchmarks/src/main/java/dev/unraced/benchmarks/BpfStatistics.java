// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel's run-time statistics of this process's BPF programs, from {@code /proc/self/fdinfo}. They bracket the
 * programs alone, not the tracepoint that calls them, and add their own two clock reads to each run.
 */
final class BpfStatistics implements AutoCloseable {
    private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");

    private final String before;

    /** Turns the statistics on until closed. */
    BpfStatistics() throws IOException {
        before = Files.readString(SWITCH);
        Files.writeString(SWITCH, "1");
    }

    /**
     * What a program has used.
     *
     * @param nanos time spent in it
     * @param runs how often it ran
     */
    record Usage(long nanos, long runs) {
        Usage minus(Usage other) {
            return new Usage(nanos - other.nanos, runs - other.runs);
        }

        double nanosPerRun() {
            return runs == 0 ? 0 : (double) nanos / runs;
        }
    }

    /** By program id, in the order in which the programs were loaded. */
    static Map<Integer, Usage> read() throws IOException {
        Map<Integer, Usage> usage = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fdinfo"))) {
            for (Path file : files) {
                Map<String, String> fields = fields(file);
                String id = fields.get("prog_id");
                String runs = fields.get("run_cnt");
                if (id != null && runs != null) {
                    usage.put(
                            Integer.parseInt(id),
                            new Usage(Long.parseLong(fields.get("run_time_ns")), Long.parseLong(runs)));
                }
            }
        }
        return usage;
    }

    @Override
    public void close() throws IOException {
        Files.writeString(SWITCH, before);
    }

    private static Map<String, String> fields(Path file) {
        Map<String, String> fields = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    fields.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            }
        } catch (IOException e) {
            // The descriptor was closed since the directory was read.
            fields.clear();
        }
        return fields;
    }
}
