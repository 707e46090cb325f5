// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Sums the resources that the current thread uses between {@link #start} and {@link #stop}. */
public final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long wallNanos;
    private long cpuNanos;
    private long bytes;
    private long startWall;
    private long startCpu;
    private long startBytes;

    /**
     * The cost of one event.
     *
     * @param wallNanos time that passed, also while others had the CPU
     * @param cpuNanos time on the CPU
     * @param bytes allocated on the heap
     */
    public record Cost(double wallNanos, double cpuNanos, double bytes) {
        public static final Cost NONE = new Cost(0, 0, 0);

        public Cost plus(Cost other) {
            return new Cost(wallNanos + other.wallNanos, cpuNanos + other.cpuNanos, bytes + other.bytes);
        }

        public Cost minus(Cost other) {
            return new Cost(wallNanos - other.wallNanos, cpuNanos - other.cpuNanos, bytes - other.bytes);
        }

        /** Returns the better of each figure: neighbours and the garbage collector only ever add. */
        public Cost least(Cost other) {
            return new Cost(
                    Math.min(wallNanos, other.wallNanos),
                    Math.min(cpuNanos, other.cpuNanos),
                    Math.min(bytes, other.bytes));
        }
    }

    public void start() {
        startBytes = THREADS.getCurrentThreadAllocatedBytes();
        startCpu = THREADS.getCurrentThreadCpuTime();
        startWall = System.nanoTime();
    }

    public void stop() {
        wallNanos += System.nanoTime() - startWall;
        cpuNanos += THREADS.getCurrentThreadCpuTime() - startCpu;
        bytes += THREADS.getCurrentThreadAllocatedBytes() - startBytes;
    }

    public Cost per(long events) {
        return new Cost((double) wallNanos / events, (double) cpuNanos / events, (double) bytes / events);
    }
}
