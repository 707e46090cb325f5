// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.SimLoad.Costs;
import dev.unraced.benchmarks.measure.Meter.Cost;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.RingWriter;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures an event of the simulator; machine, observer and consumer take turns on one thread. */
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description = {
            "Measures events of the simulated kernel on one thread: some calls, then a poll that reads their events.",
            "%nFor each load, nanoseconds per event: the simulated kernel alone, what observing adds, the poll, and all"
                    + " together with the events a second that this makes. In processor time, so that other programs"
                    + " disturb little; the wall clock's figures follow. Then bytes allocated per event, by the"
                    + " producer (kernel and observer) and by the consumer (poll). Best of the rounds.%n"
        })
final class SimCost implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLION = 1e6;
    private static final int PATH_BYTES = 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--events", defaultValue = "1000000", description = "Events in a round (${DEFAULT-VALUE}).")
    private int events;

    @Option(names = "--rounds", defaultValue = "7", description = "Rounds of each load (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--batch", defaultValue = "1000", description = "Events between two polls (${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--ring-bytes",
            defaultValue = "1048576",
            description = "Size of the ring, a power of two (${DEFAULT-VALUE}).")
    private int ringBytes;

    @Option(names = "--mitigation", defaultValue = "STASH", description = "The mode (${DEFAULT-VALUE}).")
    private Mitigation mitigation;

    @Option(names = "--load", defaultValue = "", description = "Only loads whose name has this in it.")
    private String only;

    @Option(names = "--json", description = "Prints one JSON object per load.")
    private boolean json;

    /** Reads the fields that most handlers read. */
    private static final class Look implements EventHandler {
        long seen;

        @Override
        public void onEvent(EventView event) {
            seen += event.syscall().code()
                    + event.result()
                    + event.tid()
                    + event.comm().length();
        }
    }

    @Override
    public Integer call() {
        CaptureConfig config = CaptureConfig.builder()
                .driver("sim")
                .mitigation(mitigation)
                .ringBytes(ringBytes)
                .build();
        try (SimMachine bare = new SimMachine(null);
                SimMachine watched = new SimMachine(config)) {
            List<SimLoad> loads = Stream.of(
                            pipe(),
                            new SimLoad("observer alone", null, watched.observed(), watched.capture()::poll),
                            new SimLoad(
                                    "openat, missing",
                                    bare.openMissing(),
                                    watched.openMissing(),
                                    watched.capture()::poll),
                            new SimLoad(
                                    "openat, there",
                                    bare.openExisting(),
                                    watched.openExisting(),
                                    watched.capture()::poll),
                            new SimLoad("connect", bare.connect(), watched.connect(), watched.capture()::poll))
                    .filter(load -> load.name().contains(only))
                    .toList();
            print(loads, measure(loads));
        }
        return 0;
    }

    private List<Costs> measure(List<SimLoad> loads) {
        Look look = new Look();
        List<Costs> best = new ArrayList<>();
        for (SimLoad load : loads) {
            // The first round warms up the compiler.
            load.measure(events / batch, batch, look);
            best.add(load.measure(events / batch, batch, look));
        }
        // The loads take turns, so that a noisy neighbour meets all.
        for (int round = 1; round < rounds; round++) {
            for (int i = 0; i < loads.size(); i++) {
                best.set(i, best.get(i).least(loads.get(i).measure(events / batch, batch, look)));
            }
        }
        if (look.seen == 0) {
            throw new IllegalStateException("nothing was seen");
        }
        return best;
    }

    /** Measures the ring alone: it writes a prepared record, and reads it. */
    private SimLoad pipe() {
        byte[] path = ByteString.utf8("/".repeat(PATH_BYTES)).toByteArray();
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, mitigation)
                .path(path, Provenance.ENTER, Integrity.UNCHECKED)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH);
        int length = encoder.finishPartial();
        ByteBuffer record = encoder.buffer();
        RingWriter writer = new RingWriter(ringBytes);
        RingReader reader = writer.reader();
        return new SimLoad(
                "ring alone",
                null,
                count -> {
                    for (int i = 0; i < count; i++) {
                        writer.write(record, length);
                    }
                },
                reader::poll);
    }

    private void print(List<SimLoad> loads, List<Costs> costs) {
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.printf(
                    Locale.ROOT,
                    "best of %d rounds of %d events, polled %d at a time, ring of %d bytes, %s;"
                            + " load average %.1f on %d processors%n%n",
                    rounds,
                    events,
                    batch,
                    ringBytes,
                    mitigation,
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                    Runtime.getRuntime().availableProcessors());
            out.printf(
                    "%-16s %31s  %7s  %13s  %9s%n%-16s %7s %7s %7s %7s  %7s  %5s %7s  %4s %4s%n",
                    "",
                    "processor ns per event",
                    "million",
                    "wall clock",
                    "bytes",
                    "",
                    "kernel",
                    "observe",
                    "poll",
                    "all",
                    "a sec",
                    "ns",
                    "M a sec",
                    "prod",
                    "cons");
        }
        for (int i = 0; i < loads.size(); i++) {
            Costs each = costs.get(i);
            Cost all = each.all();
            out.printf(
                    Locale.ROOT,
                    json
                            ? "{\"load\":\"%s\",\"kernel_ns\":%.1f,\"observer_ns\":%.1f,\"poll_ns\":%.1f,\"all_ns\":%.1f,"
                                    + "\"million_per_s\":%.2f,\"wall_ns\":%.1f,\"wall_million_per_s\":%.2f,"
                                    + "\"producer_bytes\":%.1f,\"consumer_bytes\":%.1f}%n"
                            : "%-16s %7.1f %7.1f %7.1f %7.1f  %7.2f  %5.0f %7.2f  %4.0f %4.0f%n",
                    loads.get(i).name(),
                    each.bare().cpuNanos(),
                    each.observer().cpuNanos(),
                    each.poll().cpuNanos(),
                    all.cpuNanos(),
                    NANOS_PER_SECOND / all.cpuNanos() / MILLION,
                    all.wallNanos(),
                    NANOS_PER_SECOND / all.wallNanos() / MILLION,
                    each.produce().bytes(),
                    each.poll().bytes());
        }
    }
}
