// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time consume (R15.4), and closes only when no thread consumes: memory that a reader still reads
 * must stay mapped.
 *
 * <p>Closing waits for a consumer on another thread; if the consumer itself closes, the release happens when it leaves
 * (R15.1, R15.2). A closed gate lets nobody in (R15.5).
 *
 * <p>The gate also notes when a consumer left and when events were handed over, so that a dead consumer is seen. A note
 * is one store without a barrier, once for each batch of events.
 */
final class ConsumerGate {
    private static final long POLL_NANOS = 50_000;
    /** An agent with a loop of its own polls at least this often. */
    static final long ABSENCE_NANOS = 10_000_000_000L;

    private final AtomicReference<@Nullable Thread> consumer = new AtomicReference<>();
    private final Runnable release;
    private final LongSupplier clock;
    /** The time when the latest consumer left; at first, when the gate was made. */
    private final AtomicLong left;
    /** The time when events were handed over; at first, when the gate was made. */
    private final AtomicLong handedOver;

    private volatile boolean closed;
    private boolean released;
    /** The latest call of {@link #sinceHandover}: its time, and the number of events that were delivered by then. */
    private long asked;

    private long deliveredThen;

    ConsumerGate(Runnable release) {
        this(release, System::nanoTime);
    }

    /** Creates a gate with a clock that only a test chooses. */
    ConsumerGate(Runnable release, LongSupplier clock) {
        this.release = release;
        this.clock = clock;
        this.asked = clock.getAsLong();
        this.left = new AtomicLong(asked);
        this.handedOver = new AtomicLong(asked);
    }

    boolean isOpen() {
        return !closed;
    }

    void enter() {
        refuseIfClosed();
        if (!consumer.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("another thread, or the handler itself, is consuming this capture");
        }
        // One check suffices: after a later close, this consumer releases when it leaves.
        if (closed) {
            leave();
            throw isClosed();
        }
    }

    void leave() {
        left.setOpaque(clock.getAsLong());
        consumer.set(null);
        if (closed) {
            releaseOnce();
        }
    }

    /** Notes that events were handed over up to a time of the clock. Only the consumer calls it. */
    void handedOver(long nanos) {
        handedOver.setOpaque(nanos);
    }

    /** Returns whether a consumer is inside, or was within {@value #ABSENCE_NANOS} ns; false once closed. */
    boolean isConsumed() {
        return !closed && (consumer.get() != null || clock.getAsLong() - left.getOpaque() < ABSENCE_NANOS);
    }

    /**
     * Returns for how many nanoseconds no event was handed over, at most. A long batch notes its end alone, so the
     * number of delivered events tells whether the consumer got one since this method was called before. One thread at
     * a time calls it; this gate's own lock would be taken in the wrong order.
     */
    long sinceHandover(long delivered) {
        long now = clock.getAsLong();
        long then = handedOver.getOpaque();
        if (delivered != deliveredThen && asked - then > 0) {
            handedOver.compareAndSet(then, asked);
        }
        asked = now;
        deliveredThen = delivered;
        return Math.max(0, now - handedOver.getOpaque());
    }

    /** Closes; {@code wake} must make a sleeping consumer leave soon. */
    void close(Runnable wake) {
        closed = true;
        Thread current = consumer.get();
        if (current == Thread.currentThread()) {
            return;
        }
        // A thread that is about to be refused also counts as a consumer for a moment.
        Naps.until(() -> releaseOnce() || wakeUnlessReleased(wake), POLL_NANOS);
    }

    private void refuseIfClosed() {
        if (closed) {
            throw isClosed();
        }
    }

    private static IllegalStateException isClosed() {
        return new IllegalStateException("the capture is closed");
    }

    /**
     * Wakes the consumer, which may at any moment leave and release the resources that the wake-up needs.
     *
     * @return whether the resources are released already
     */
    private synchronized boolean wakeUnlessReleased(Runnable wake) {
        if (!released) {
            wake.run();
        }
        return released;
    }

    /** Releases the resources unless a consumer is inside, and returns whether they are released. */
    private synchronized boolean releaseOnce() {
        if (!released && consumer.get() == null) {
            released = true;
            release.run();
        }
        return released;
    }
}
