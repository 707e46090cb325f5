// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets the reader of a ring sleep, and its producer wake it, when both are threads of this process. Its methods keep
 * the contract of the methods of the same names in {@link RingSource}.
 *
 * <p>No wake-up is lost. The reader arms the notifier and then looks for records; the producer writes and then checks
 * whether the notifier is armed, each with a full fence in between. So at least one of them sees what the other did.
 *
 * <p>Only the consuming thread may call {@link #arm}, {@link #await} and {@link #disarm}; any thread may call the other
 * methods. Allocates nothing.
 */
public final class UserWakeupNotifier {
    private static final VarHandle ARMED = flag();

    private final AtomicLong wakeups = new AtomicLong();
    private volatile @Nullable Thread sleeper;
    private volatile boolean armed;
    private volatile boolean woken;

    /** Makes the next {@link #notifyReader} wake the calling thread. */
    public void arm() {
        sleeper = Thread.currentThread();
        armed = true;
    }

    /** Cancels {@link #arm}. */
    public void disarm() {
        armed = false;
    }

    /**
     * Sleeps until {@link #notifyReader} is called after {@link #arm}, {@link #wake} is called, the thread is
     * interrupted (the flag stays set), or the time is over.
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

    /**
     * Wakes the reader if it is armed. The producer calls this after it has written one or more records. It wakes at
     * most once for each {@link #arm}.
     */
    public void notifyReader() {
        VarHandle.fullFence();
        if (armed && ARMED.compareAndSet(this, true, false)) {
            wakeups.incrementAndGet();
            LockSupport.unpark(sleeper);
        }
    }

    /** Ends the {@link #await} in progress, or else the next one. This does not count as a wake-up. */
    public void wake() {
        woken = true;
        LockSupport.unpark(sleeper);
    }

    /** Returns the number of times that {@link #notifyReader} has woken the reader. */
    public long wakeups() {
        return wakeups.get();
    }

    private static VarHandle flag() {
        try {
            return MethodHandles.lookup().findVarHandle(UserWakeupNotifier.class, "armed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
