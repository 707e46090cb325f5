// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The times at which the calls of a recording are replayed. Used by one thread.
 *
 * <p>A test can replace the clock and the sleep, so that it takes no time.
 */
final class Pace {
    private final boolean original;
    private final LongSupplier clock;
    private final LongConsumer sleeper;
    private boolean started;
    private long startNanos;
    private long firstExitNanos;

    private Pace(boolean original, LongSupplier clock, LongConsumer sleeper) {
        this.original = original;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Returns a pace as fast as the recording can be read. */
    static Pace fast() {
        return new Pace(false, System::nanoTime, LockSupport::parkNanos);
    }

    /** Returns the pace of the recording, from its first call on. */
    static Pace original() {
        return original(System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * Returns the pace of the recording by another clock.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     * @param sleeper lets at most its argument's nanoseconds pass
     */
    static Pace original(LongSupplier clock, LongConsumer sleeper) {
        return new Pace(true, clock, sleeper);
    }

    /**
     * Returns the nanoseconds until a call is due; 0 or less when it is.
     *
     * @param exitNanos the recorded return of the call, in nanoseconds since boot
     */
    long untilDue(long exitNanos) {
        if (!original) {
            return 0;
        }
        long now = clock.getAsLong();
        if (!started) {
            started = true;
            startNanos = now;
            firstExitNanos = exitNanos;
        }
        return exitNanos - firstExitNanos - (now - startNanos);
    }

    /** Sleeps for this time or less. */
    void sleep(long nanos) {
        sleeper.accept(nanos);
    }
}
