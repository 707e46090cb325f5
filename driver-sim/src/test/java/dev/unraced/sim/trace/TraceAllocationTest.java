// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Abi;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.Tracepoints;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 20_000;
    private static final int ATTEMPTS = 5;
    private static final int BATCH = 100;

    private final SimKernel machine = SimKernel.create();
    private final Kernel kernel = machine.kernel();
    private final SimProcess process = machine.process("load");
    private final Task task =
            Objects.requireNonNull(kernel.task(process.thread().tid()));
    private @Nullable Tracepoints observer;
    private long seen;
    private final EventHandler handler =
            event -> seen += event.result() + event.path().length();

    @ParameterizedTest
    @EnumSource(Mitigation.class)
    void readingTheEventsOfASimulatedKernelAllocatesNothing(Mitigation mode) {
        long missing = process.buffer("/tmp/missing").address();
        long existing = process.buffer("/etc/hostname").address();
        try (Capture capture = capture(mode)) {
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
                long bytes = 0;
                for (int round = 0; round < ROUNDS / BATCH; round++) {
                    for (int i = 0; i < BATCH; i += 2) {
                        open(missing);
                        close(open(existing));
                    }
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    int read = capture.poll(handler, BATCH);
                    bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
                    assertThat(read).isEqualTo(BATCH);
                }
                least = Math.min(least, bytes);
            }
            assertThat(least).as("bytes allocated for %d events", ROUNDS).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Mitigation.class)
    void observingAnOpenOfAMissingFileAllocatesNothing(Mitigation mode) {
        observingAllocatesNothing(mode, "/tmp/missing");
    }

    @ParameterizedTest
    @EnumSource(Mitigation.class)
    void observingAnOpenAndProvingItsPathAllocatesNothing(Mitigation mode) {
        observingAllocatesNothing(mode, "/etc/hostname");
    }

    /** Shows the observer the same call again and again, so that the machine's own allocations do not count. */
    private void observingAllocatesNothing(Mitigation mode, String path) {
        long address = process.buffer(path).address();
        try (Capture capture = capture(mode)) {
            Call call = open(address);
            Tracepoints tracepoints = Objects.requireNonNull(observer);
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < ROUNDS; i++) {
                    tracepoints.enter(task, call);
                    tracepoints.worked(task, call);
                    tracepoints.exit(task, call);
                    capture.poll(handler, BATCH);
                }
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes allocated for %d events", ROUNDS).isZero();
            assertThat(capture.stats().totalLost()).isZero();
        }
    }

    private Capture capture(Mitigation mode) {
        CaptureConfig config =
                CaptureConfig.builder().driver("sim").mitigation(mode).build();
        Seams seams = Seams.NONE.withTracepoints(tracepoints -> {
            observer = tracepoints;
            return tracepoints;
        });
        return machine.driver(seams).open(config);
    }

    private Call open(long path) {
        Call call = kernel.begin(task, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, path, 0, 0);
        assertThat(kernel.run(task)).isTrue();
        return call;
    }

    private void close(Call call) {
        assertThat(task.group().descriptors().close((int) call.result())).isTrue();
    }
}
