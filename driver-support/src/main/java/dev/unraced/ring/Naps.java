// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits in naps for a condition that no thread signals. An interrupted thread naps, too: {@link LockSupport#parkNanos}
 * alone returns at once on such a thread, and the wait becomes a spin. The thread stays interrupted.
 */
public final class Naps {
    private Naps() {}

    /** Naps until the condition holds. */
    public static void until(BooleanSupplier condition, long napNanos) {
        until(condition, napNanos, Long.MAX_VALUE);
    }

    /**
     * Naps until the condition holds or the patience ends.
     *
     * @return whether the condition held
     */
    public static boolean until(BooleanSupplier condition, long napNanos, long patienceNanos) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - start >= patienceNanos) {
                    return false;
                }
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(napNanos);
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
