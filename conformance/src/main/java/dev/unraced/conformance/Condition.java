// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition that another thread or process brings about. */
final class Condition {
    private static final long STEP_NANOS = 1_000_000;

    private Condition() {}

    /**
     * Returns as soon as a condition holds.
     *
     * @param patience the longest time to wait
     * @param failure the message when the time is over
     */
    static void await(Duration patience, BooleanSupplier condition, Supplier<String> failure) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new AssertionError(failure.get() + ", after " + patience.toMillis() + " ms");
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
