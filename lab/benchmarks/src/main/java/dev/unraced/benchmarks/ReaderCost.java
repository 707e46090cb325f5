// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;

/** Measures the reader's share by JMH, and its allocations. */
@Command(
        name = "reader",
        mixinStandardHelpOptions = true,
        description = "Measures reading events out of the ring, with the bytes allocated for each (JMH, GC profiler).")
final class ReaderCost implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        new Runner(new OptionsBuilder()
                        .include(RingReaderBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        return 0;
    }
}
