// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.benchmarks.measure.Meter;
import dev.unraced.benchmarks.measure.Meter.Cost;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the gVisor driver's share in CPU time, by JMH too, and its allocations. */
@Command(
        name = "gvisor",
        mixinStandardHelpOptions = true,
        description = {
            "Measures merging the frames of a gVisor sandbox on one thread, decoded, merged with their call's others,"
                    + " written into the ring and polled; and reading the same messages by protobuf alone.",
            "%nFor each, nanoseconds and bytes allocated per frame, and the frames a second that this makes: in processor"
                    + " time, so that other programs disturb little, best of the rounds. With --jmh also by JMH, in wall"
                    + " time, which takes a machine that does nothing else.%n"
        })
final class GvisorCost implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLION = 1e6;

    @Spec
    private CommandSpec spec;

    @Option(names = "--frames", defaultValue = "1000000", description = "Frames in a round (${DEFAULT-VALUE}).")
    private int frames;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--jmh", description = "By JMH, too, with its GC profiler.")
    private boolean jmh;

    @Override
    public Integer call() throws Exception {
        GvisorBenchmark benchmark = new GvisorBenchmark();
        out().printf(
                        Locale.ROOT,
                        "load average %.1f on %d processors%n",
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        Runtime.getRuntime().availableProcessors());
        print("merged", best(GvisorBenchmark.FRAMES_PER_MERGE, benchmark::merge));
        print("by protobuf alone", best(GvisorBenchmark.FRAMES_PER_CALL, () -> read(benchmark)));
        if (jmh) {
            new Runner(new OptionsBuilder()
                            .include(GvisorBenchmark.class.getName())
                            .addProfiler(GCProfiler.class)
                            .build())
                    .run();
        }
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static long read(GvisorBenchmark benchmark) {
        try {
            return benchmark.parse();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Work on some frames. Its result keeps the compiler from removing the work. */
    private interface Load {
        long run();
    }

    private Cost best(int framesPerRun, Load load) {
        int runs = Math.max(1, frames / framesPerRun);
        Cost best = cost(runs, framesPerRun, load);
        for (int round = 0; round < rounds; round++) {
            // The first round warms up the compiler.
            best = round == 0 ? cost(runs, framesPerRun, load) : best.least(cost(runs, framesPerRun, load));
        }
        return best;
    }

    private static Cost cost(int runs, int framesPerRun, Load load) {
        Meter meter = new Meter();
        long seen = 0;
        meter.start();
        for (int i = 0; i < runs; i++) {
            seen += load.run();
        }
        meter.stop();
        if (seen == 0) {
            throw new IllegalStateException("nothing came of the frames");
        }
        return meter.per((long) runs * framesPerRun);
    }

    private void print(String what, Cost cost) {
        out().printf(
                        Locale.ROOT,
                        "a frame %s: %.0f ns, %.2f million a second, %.1f bytes allocated%n",
                        what,
                        cost.cpuNanos(),
                        NANOS_PER_SECOND / cost.cpuNanos() / MILLION,
                        cost.bytes());
    }
}
