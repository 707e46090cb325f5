// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.driver.Capture;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a capture as a publisher that keeps the rules of Reactive Streams. Thread-safe.
 *
 * <p><b>Demand.</b> Events are taken out of the capture when subscribers have asked for them, and otherwise stay where
 * they are: in the ring, which loses and counts events when it is full. So all losses are in {@link Capture#stats()},
 * and show as gaps in the events' sequence numbers. Each event is a snapshot, which costs an allocation that
 * {@link Capture#poll} does not have.
 *
 * <p><b>Several subscribers.</b> Each gets every event that is read after it has subscribed, the same objects in the
 * same order. The slowest one governs: when it lags {@value #WINDOW} events behind the newest one, no more are read
 * until it asks for some or cancels. One that may lag, and is to lose events then instead of holding up the others,
 * needs a buffer of its own that drops.
 *
 * <p><b>Threads.</b> While there are subscribers, one daemon thread reads, and signals events that have been asked for
 * before. Events that are at hand when they are asked for are signalled by the thread that asks. A subscriber that
 * blocks holds up all of them, and so the reading, but not {@link Capture#close}.
 *
 * <p><b>Cancelling.</b> When the last subscriber cancels, the reading stops. The capture stays open, its ring fills and
 * then loses events. The next subscriber gets what was read and given to nobody, {@value #WINDOW} events at the most,
 * and then what the ring still holds.
 *
 * <p><b>The end.</b> Closing the capture, which its owner does, completes the stream, and so does the end of its
 * source; a failure of the source is the stream's. What was read before is signalled first, as far as it is asked for.
 * The end or the failure of a source is found by reading, thus only when a subscriber asks for events beyond it.
 *
 * <p><b>Misuse.</b> A subscriber that throws is taken off, and what it threw is logged as a warning; the others go on.
 * A capture has one consumer at a time: when another one has this capture in use, subscribers get an
 * {@link IllegalStateException} as the stream's failure. A publisher that has ended does not begin again.
 */
public final class CapturePublisher implements Flow.Publisher<SyscallEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(CapturePublisher.class);
    static final int WINDOW = 256;
    /** After so long without demand, it looks whether the capture was closed: nobody tells. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Capture capture;
    private final EventWindow window = new EventWindow(WINDOW);
    private final List<EventSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    // Below, written under the lock.
    private volatile @Nullable Thread reader;
    private volatile @Nullable End end;
    /** Position behind the last event that any subscriber who has left had been given. */
    private long given;

    private CapturePublisher(Capture capture) {
        this.capture = capture;
    }

    /**
     * A publisher of the events of a capture, which stays the caller's to close. It reads nothing before somebody
     * subscribes.
     */
    public static CapturePublisher of(Capture capture) {
        return new CapturePublisher(Objects.requireNonNull(capture, "capture"));
    }

    @Override
    public void subscribe(Subscriber<? super SyscallEvent> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        EventSubscription subscription = new EventSubscription(this, subscriber);
        subscription.greet(subscriber);
        synchronized (lock) {
            subscription.startAt(start());
            if (!subscription.isCancelled()) {
                subscriptions.add(subscription);
                startReader();
            }
        }
        subscription.open();
        wake();
    }

    EventWindow window() {
        return window;
    }

    /** How the stream ends, once everything that it will ever have is in the window; null before. */
    @Nullable
    End end() {
        return end;
    }

    /** Makes the reader look again what is wanted. */
    void wake() {
        LockSupport.unpark(reader);
    }

    void left(EventSubscription subscription) {
        synchronized (lock) {
            if (subscriptions.remove(subscription)) {
                given = Math.max(given, subscription.position());
            }
        }
    }

    void threw(Throwable e) {
        LOG.warn("A subscriber to the events of driver {} threw, and gets no more of them", capture.driver(), e);
    }

    /** Behind what others get or got: what was read and given to nobody is for the next one. */
    private long start() {
        long start = given;
        for (EventSubscription other : subscriptions) {
            start = Math.max(start, other.isCancelled() ? other.position() : window.end());
        }
        return start;
    }

    private void startReader() {
        if (reader == null && end == null) {
            Thread thread = new Thread(this::read, "unraced-publisher-" + capture.driver());
            thread.setDaemon(true);
            thread.start();
            reader = thread;
        }
    }

    private void read() {
        try {
            while (goesOn()) {
                step();
                signal();
            }
        } catch (RuntimeException | Error e) {
            end(capture.isOpen() ? e : null);
            signal();
        }
    }

    private void step() {
        if (!capture.isOpen()) {
            end(null);
        } else if (capture.isEnded()) {
            // Hands over nothing any more, and throws when the source had failed.
            capture.poll(window::append, 1);
            end(null);
        } else if (wanted() > 0) {
            capture.await(window::append, wanted(), PATIENCE_NANOS);
        } else {
            LockSupport.parkNanos(this, PATIENCE_NANOS);
        }
    }

    private void signal() {
        subscriptions.forEach(EventSubscription::drain);
        // Left set by a subscriber, the flag would keep the capture from waiting.
        Thread.interrupted();
    }

    /** Whether there is somebody to read for; without, this reader is no more. */
    private boolean goesOn() {
        synchronized (lock) {
            boolean goesOn = end == null && !subscriptions.isEmpty();
            if (!goesOn) {
                reader = null;
            }
            return goesOn;
        }
    }

    /** How many events to read: as many as somebody has asked for, and everybody has room for. */
    private int wanted() {
        long newest = window.end();
        long oldest = newest;
        long wanted = 0;
        for (EventSubscription subscription : subscriptions) {
            if (!subscription.isCancelled()) {
                oldest = Math.min(oldest, subscription.position());
                wanted = Math.max(wanted, subscription.wantedBeyond(newest));
            }
        }
        return (int) Math.min(wanted, window.size() - (newest - oldest));
    }

    private void end(@Nullable Throwable failure) {
        synchronized (lock) {
            reader = null;
            end = new End(failure);
        }
    }

    /** The end of a stream, by a failure or without. */
    record End(@Nullable Throwable failure) {
        void tell(Subscriber<?> subscriber) {
            if (failure == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(failure);
            }
        }
    }
}
