// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time consume, and closes only when no thread consumes: memory that a reader still reads must
 * stay mapped.
 *
 * <p>Closing waits for a consumer on another thread; if the consumer itself closes, the release happens when it leaves.
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
        // One check suffices: after a later close, this consumer releases when it leaves.
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
