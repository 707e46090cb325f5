// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.replay;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * When each call of a recording returns again. Used by one thread.
 *
 * <p>How to tell the time and how to let it pass can be given, so that a test of it takes no time.
 */
public final class Pace {
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

    /** As fast as the recording can be read. */
    public static Pace fast() {
        return new Pace(false, System::nanoTime, LockSupport::parkNanos);
    }

    /** As slow as it was, from the first call on. */
    public static Pace original() {
        return original(System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * As {@link #original()}, by another clock.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     * @param sleeper lets at most so many nanoseconds pass, or less
     */
    static Pace original(LongSupplier clock, LongConsumer sleeper) {
        return new Pace(true, clock, sleeper);
    }

    /** How long it is until a call that returned at this time since boot returns again; 0 or less when it is due. */
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

    /** Sleeps, perhaps for less time. */
    void sleep(long nanos) {
        sleeper.accept(nanos);
    }
}
