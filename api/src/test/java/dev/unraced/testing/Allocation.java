// SPDX-License-Identifier: Apache-2.0
package dev.unraced.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what the current thread allocates on the heap. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 20_000;
    private static final int ATTEMPTS = 5;

    private Allocation() {}

    /**
     * Asserts that a warm operation allocates not a single byte. The JVM itself sometimes allocates on a thread whose
     * code it recompiles, so one clean attempt of many rounds is enough: an operation's own allocations occur in all
     * attempts.
     */
    public static void assertNone(Runnable operation) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && least > 0; attempt++) {
            least = Math.min(least, bytesOf(operation));
        }
        assertThat(least).as("bytes allocated in %d rounds", ROUNDS).isZero();
    }

    private static long bytesOf(Runnable operation) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) {
            operation.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
