// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time consume, and closes only when none does: memory that a reader still reads must stay mapped.
 *
 * <p>Closing waits for a consumer on another thread; asked for by the consumer itself, it happens when it leaves.
 */
final class ConsumerGate {
    private static final long POLL_NANOS = 50_000;

    private final AtomicReference<@Nullable Thread> consumer = new AtomicReference<>();
    private final Runnable release;
    private volatile boolean closed;
    private boolean released;

    ConsumerGate(Runnable release) {
        this.release = release;
    }

    boolean isOpen() {
        return !closed;
    }

    void enter() {
        refuseIfClosed();
        if (!consumer.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("another thread, or the handler itself, is consuming this capture");
        }
        // Asked once: closed a moment later, it is this consumer that leaves and releases.
        if (closed) {
            leave();
            throw isClosed();
        }
    }

    void leave() {
        consumer.set(null);
        if (closed) {
            releaseOnce();
        }
    }

    /** Closes; {@code wake} must make a sleeping consumer leave soon. */
    void close(Runnable wake) {
        closed = true;
        Thread current = consumer.get();
        if (current == Thread.currentThread()) {
            return;
        }
        // A newcomer that is about to be turned away counts as a consumer for a moment, too.
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
     * Wakes the consumer, which may leave and release what the wake-up needs at any moment.
     *
     * @return whether it has released that already
     */
    private synchronized boolean wakeUnlessReleased(Runnable wake) {
        if (!released) {
            wake.run();
        }
        return released;
    }

    /** Whether it is released now. */
    private synchronized boolean releaseOnce() {
        if (!released && consumer.get() == null) {
            released = true;
            release.run();
        }
        return released;
    }
}
