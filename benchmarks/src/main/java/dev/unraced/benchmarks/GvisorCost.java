// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;

/** The gVisor driver's share, by JMH, with what it allocates. */
@Command(
        name = "gvisor",
        mixinStandardHelpOptions = true,
        description = "Measures merging the frames of a gVisor sandbox, and reading them by protobuf, with the bytes"
                + " allocated for each (JMH, GC profiler).")
final class GvisorCost implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        new Runner(new OptionsBuilder()
                        .include(GvisorBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        return 0;
    }
}
