// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's run-time statistics of this process's BPF programs, from {@code /proc/self/fdinfo}. They bracket the
 * programs alone, not the tracepoint that calls them, and add their own two clock reads to each run.
 */
public final class BpfStatistics implements AutoCloseable {
    private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");

    private final String before;

    /** Turns the statistics on until closed. */
    public BpfStatistics() throws IOException {
        before = Files.readString(SWITCH);
        Files.writeString(SWITCH, "1");
    }

    /** Returns the time spent in all programs together since they were loaded. */
    public long totalNanos() throws IOException {
        return FdInfo.objects("prog_id").values().stream()
                .mapToLong(fields -> Long.parseLong(fields.getOrDefault("run_time_ns", "0")))
                .sum();
    }

    @Override
    public void close() throws IOException {
        Files.writeString(SWITCH, before);
    }
}
