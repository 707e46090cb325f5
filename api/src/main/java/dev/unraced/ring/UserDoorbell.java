// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How the reader of a ring sleeps, and its producer wakes it, when both are threads of this process. Does for a
 * {@link RingSource} what its methods of the same names promise.
 *
 * <p>No wake-up is lost: the reader arms the bell and then looks for records, the producer writes and then looks
 * whether the bell is armed, each with a full fence in between; so one of them sees what the other did.
 *
 * <p>{@link #arm}, {@link #await} and {@link #disarm} are for the consuming thread, all else for any. Allocates
 * nothing.
 */
public final class UserDoorbell {
    private static final VarHandle ARMED = flag();

    private final AtomicLong wakeups = new AtomicLong();
    private volatile @Nullable Thread sleeper;
    private volatile boolean armed;
    private volatile boolean woken;

    /** Asks for a wake-up of the calling thread by the next {@link #ring}. */
    public void arm() {
        sleeper = Thread.currentThread();
        armed = true;
    }

    /** Takes {@link #arm} back. */
    public void disarm() {
        armed = false;
    }

    /**
     * Sleeps until the bell has rung since {@link #arm}, {@link #wake} is called, the thread is interrupted (the flag
     * stays set), or the time is over.
     */
    public void await(long nanos) {
        long start = System.nanoTime();
        long left = nanos;
        while (armed && !woken && left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = nanos - (System.nanoTime() - start);
        }
        woken = false;
    }

    /** Called by the producer after it has written one or more records. Wakes at most once for each {@link #arm}. */
    public void ring() {
        VarHandle.fullFence();
        if (armed && ARMED.compareAndSet(this, true, false)) {
            wakeups.incrementAndGet();
            LockSupport.unpark(sleeper);
        }
    }

    /** Ends the {@link #await} in progress, or else the next one. Does not count as a wake-up. */
    public void wake() {
        woken = true;
        LockSupport.unpark(sleeper);
    }

    /** How often {@link #ring} has woken the reader. */
    public long wakeups() {
        return wakeups.get();
    }

    private static VarHandle flag() {
        try {
            return MethodHandles.lookup().findVarHandle(UserDoorbell.class, "armed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
