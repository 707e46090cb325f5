// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what another party brings about. */
final class Condition {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long STEP_NANOS = 1_000_000;

    private Condition() {}

    /**
     * Returns as soon as a condition holds.
     *
     * @param failure what to say when it does not come to hold
     */
    static void await(BooleanSupplier condition, Supplier<String> failure) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError("not within " + PATIENCE_NANOS / 1_000_000_000 + " s: " + failure.get());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
