// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

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

    /** Time spent in all programs together since they were loaded. */
    long totalNanos() throws IOException {
        // A program may have several descriptors.
        Map<String, Long> nanos = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fdinfo"))) {
            for (Path file : files) {
                Map<String, String> fields = fields(file);
                String id = fields.get("prog_id");
                String time = fields.get("run_time_ns");
                if (id != null && time != null) {
                    nanos.put(id, Long.parseLong(time));
                }
            }
        }
        return nanos.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() throws IOException {
        Files.writeString(SWITCH, before);
    }

    private static Map<String, String> fields(Path file) {
        Map<String, String> fields = new HashMap<>();
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
