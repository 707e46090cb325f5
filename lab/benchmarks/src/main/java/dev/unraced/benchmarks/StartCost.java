// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.FdInfo;
import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.workload.CallLoop;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the start of a capture, and its memory. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = {
            "Opens a default eBPF capture while another process opens files: the time from asking for the capture to its"
                    + " first event, and the memory of its maps and programs. Needs root.",
            "%nThe first time includes loading the classes; the start of the JVM is not in it, nor that of its logging,"
                    + " which a program has begun before.%n"
        })
final class StartCost extends MeasurementCommand {
    private static final double MILLI = 1e6;
    private static final double MEBI = 1 << 20;
    /** The per-CPU types of enum bpf_map_type in the kernel's include/uapi/linux/bpf.h. */
    private static final Set<String> PER_CPU = Set.of("5", "6", "10", "21");

    @Option(names = "--rounds", defaultValue = "10", description = "Captures to open (${DEFAULT-VALUE}).")
    private int rounds;

    @Override
    public List<String> quick() {
        return List.of("--rounds", "5");
    }

    @Override
    public List<Table> measure() throws IOException, InterruptedException {
        LoggerFactory.getLogger(StartCost.class).debug("Logging has begun");
        CaptureConfig config = CaptureConfig.builder().driver("ebpf").build();
        double first = 0;
        double best = Double.MAX_VALUE;
        Memory memory = new Memory();
        try (CallLoop loop = new CallLoop()) {
            for (int round = 0; round < rounds; round++) {
                progress(String.format(Locale.ROOT, "start: %d of %d", round + 1, rounds));
                double took = openOnce(loop, config, memory);
                first = round == 0 ? took : first;
                best = Math.min(best, took);
            }
        }
        int cpus = Runtime.getRuntime().availableProcessors();
        return List.of(
                new Table(
                        "start",
                        "opening a capture to its first event, milliseconds",
                        List.of(new Table.Column("ms", "ms", 0)),
                        List.of(Table.Row.of("first time", first), Table.Row.of("best of " + rounds, best)),
                        List.of()),
                new Table(
                        "memory",
                        String.format(Locale.ROOT, "kernel memory of a default capture on %d CPUs, MiB", cpus),
                        List.of(new Table.Column("mib", "MiB", 2)),
                        List.of(
                                Table.Row.of("maps", memory.maps / MEBI),
                                Table.Row.of("of them, each more CPU", memory.perCpu / MEBI / cpus),
                                Table.Row.of("programs", memory.programs / MEBI),
                                Table.Row.of("all", (memory.maps + memory.programs) / MEBI)),
                        List.of()));
    }

    /** The bytes that the kernel charges for. */
    private static final class Memory {
        double maps;
        double perCpu;
        double programs;

        void read() throws IOException {
            maps = 0;
            perCpu = 0;
            for (Map<String, String> fields : FdInfo.objects("map_id").values()) {
                maps += bytes(fields);
                perCpu += PER_CPU.contains(fields.get("map_type")) ? bytes(fields) : 0;
            }
            programs = FdInfo.objects("prog_id").values().stream()
                    .mapToDouble(Memory::bytes)
                    .sum();
        }

        private static double bytes(Map<String, String> fields) {
            return Double.parseDouble(fields.getOrDefault("memlock", "0"));
        }
    }

    private static double openOnce(CallLoop loop, CaptureConfig config, Memory memory)
            throws IOException, InterruptedException {
        CallLoop.Plan plan = new CallLoop.Plan(List.of("open", "/etc/hostname"), 200_000, 100_000, 1);
        Thread caller = new Thread(() -> run(loop, plan), "caller");
        caller.start();
        // By then the other thread certainly makes calls.
        Thread.sleep(200);
        long start = System.nanoTime();
        try (Capture capture = Capture.open(config)) {
            while (capture.await(event -> {}, 1, TimeUnit.SECONDS.toNanos(1)) == 0) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
                    throw new IOException("no event in 10 seconds");
                }
            }
            double took = (System.nanoTime() - start) / MILLI;
            memory.read();
            return took;
        } finally {
            caller.join();
        }
    }

    private static void run(CallLoop loop, CallLoop.Plan plan) {
        try {
            loop.run(plan);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
