// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.FdInfo;
import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Meter;
import dev.unraced.benchmarks.measure.Meter.Cost;
import dev.unraced.benchmarks.measure.NativeProgram;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.workload.CallLoop;
import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the reader in Java with one in C, on rings with the same events. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = {
            "Lets two captures collect the events of the same calls, then reads one's ring from Java and the other's"
                    + " from C, by libbpf's ring_buffer__consume. Needs root.",
            "%nFor a handler that does nothing, and for one that looks at fields and copies the path; best of the"
                    + " rounds. Bytes are those of the heap per event, and those in the ring, with the header of each"
                    + " record.%n"
        })
final class DrainCost extends MeasurementCommand {
    /** The number is BPF_MAP_TYPE_RINGBUF of the kernel's include/uapi/linux/bpf.h. */
    private static final String RING = "27";

    private static final int LONGEST_PATH = 4096;

    @Option(names = "--calls", defaultValue = "100000", description = "Opens in a round (${DEFAULT-VALUE}).")
    private long calls;

    @Option(names = "--rounds", defaultValue = "15", description = "Rounds; the first few are for the compiler.")
    private int rounds;

    @Option(names = "--ring-bytes", defaultValue = "67108864", description = "Of each ring (${DEFAULT-VALUE}).")
    private long ringBytes;

    private final byte[] target = new byte[LONGEST_PATH];
    private long seen;

    /** The best nanoseconds, and the bytes of heap, per event. */
    private static final class Best {
        double java = Double.MAX_VALUE;
        double c = Double.MAX_VALUE;
        double heap = Double.MAX_VALUE;
        double record;
    }

    @Override
    public List<String> quick() {
        return List.of("--rounds", "8");
    }

    @Override
    public List<Table> measure() throws IOException, InterruptedException {
        CaptureConfig config =
                CaptureConfig.builder().driver("ebpf").ringBytes(ringBytes).build();
        Best counting = new Best();
        Best looking = new Best();
        Set<String> before = rings();
        try (NativeProgram program = new NativeProgram("drain");
                CallLoop loop = new CallLoop();
                Capture forC = Capture.open(config)) {
            Set<String> ring = rings();
            ring.removeAll(before);
            Process process = program.start(List.of(ring.iterator().next()));
            try (Capture forJava = Capture.open(config);
                    BufferedReader answers = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                for (int round = 0; round < rounds; round++) {
                    progress(String.format(Locale.ROOT, "drain: round %d of %d", round + 1, rounds));
                    round(loop, forJava, process, answers, false, counting);
                    round(loop, forJava, process, answers, true, looking);
                }
                if (forJava.stats().totalLost() + forC.stats().totalLost() > 0) {
                    throw new IOException("the rings were too small; a larger --ring-bytes helps, or fewer --calls");
                }
            } finally {
                process.destroy();
            }
        }
        return List.of(new Table(
                "drain",
                String.format(
                        Locale.ROOT, "reading a ring, ns per event, best of %d rounds of %d opens", rounds, calls),
                List.of(
                        new Table.Column("java_ns", "Java", 1),
                        new Table.Column("c_ns", "C", 1),
                        new Table.Column("rate_ratio", "rate over C's", 2),
                        new Table.Column("heap_bytes", "heap bytes", 2),
                        new Table.Column("record_bytes", "ring bytes", 0)),
                List.of(row("count", counting), row("look", looking)),
                List.of()));
    }

    private static Table.Row row(String name, Best best) {
        return Table.Row.of(name, best.java, best.c, best.c / best.java, best.heap, best.record);
    }

    private void round(CallLoop loop, Capture capture, Process process, BufferedReader answers, boolean look, Best best)
            throws IOException, InterruptedException {
        loop.run(new CallLoop.Plan(List.of("open", "/etc/hostname"), calls, 0, 1));
        EventHandler handler = look
                ? event -> seen += event.result() + event.tid() + event.path().copyTo(target, 0)
                : event -> seen++;
        Meter meter = new Meter();
        long events = 0;
        meter.start();
        int some = capture.poll(handler, Integer.MAX_VALUE);
        while (some > 0) {
            events += some;
            some = capture.poll(handler, Integer.MAX_VALUE);
        }
        meter.stop();
        Cost cost = meter.per(events);
        process.getOutputStream().write(((look ? "look" : "count") + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String answer = answers.readLine();
        if (answer == null) {
            process.waitFor(1, TimeUnit.SECONDS);
            throw new IOException("the reader in C failed");
        }
        String[] figures = answer.split(" ", -1);
        double records = Double.parseDouble(figures[0]);
        best.java = Math.min(best.java, cost.wallNanos());
        best.heap = Math.min(best.heap, cost.bytes());
        best.c = Math.min(best.c, Double.parseDouble(figures[2]) / records);
        best.record = Double.parseDouble(figures[1]) / records;
    }

    private static Set<String> rings() throws IOException {
        Set<String> ids = new HashSet<>();
        FdInfo.objects("map_id").forEach((id, fields) -> {
            if (RING.equals(fields.get("map_type"))) {
                ids.add(id);
            }
        });
        return ids;
    }
}
