// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.capture.Capture;
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
 * <p><b>Demand.</b> The publisher takes events out of the capture when subscribers have requested them. Otherwise they
 * stay in the ring, which loses and counts events when it is full. So all losses are in {@link Capture#stats()}, and
 * show as gaps in the events' sequence numbers. Each event is a snapshot, which costs an allocation that
 * {@link Capture#poll} does not need.
 *
 * <p><b>Several subscribers.</b> Each subscriber gets every event that is read after its subscription, the same objects
 * in the same order. The slowest subscriber sets the pace: when it lags {@value #WINDOW} events behind the newest
 * event, no more are read until it requests some or cancels. A subscriber that should lose events rather than hold up
 * the others needs its own buffer that drops events.
 *
 * <p><b>Threads.</b> While there are subscribers, one daemon thread reads, and signals events that were requested
 * before. The requesting thread signals events that are available already. A subscriber that blocks holds up all
 * subscribers, and so the reading, but not {@link Capture#close}.
 *
 * <p><b>Cancelling.</b> When the last subscriber cancels, the reading stops. The capture stays open, its ring fills and
 * then loses events. The next subscriber first gets the events that were read and given to no subscriber, at most
 * {@value #WINDOW}, and then those that the ring still holds.
 *
 * <p><b>The end.</b> The stream completes when the capture's owner closes it, or when its source ends; a failure of the
 * source is the stream's failure. Requested events that were read before are signalled first. The publisher finds the
 * end or the failure of a source by reading, thus only when a subscriber requests events beyond it.
 *
 * <p><b>Misuse.</b> A subscriber that throws is removed, and its exception is logged as a warning; the others go on. A
 * capture has one consumer at a time: when another consumer uses this capture, subscribers get an
 * {@link IllegalStateException} as the stream's failure. A publisher that has ended does not start again.
 */
public final class CapturePublisher implements Flow.Publisher<SyscallEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(CapturePublisher.class);
    static final int WINDOW = 256;
    /** After this time without demand the reader checks whether the capture was closed, as no signal reports that. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Capture capture;
    private final EventWindow window = new EventWindow(WINDOW);
    private final List<EventSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    // The following fields are written under the lock.
    private volatile @Nullable Thread reader;
    private volatile @Nullable End end;
    /** The position behind the last event that any departed subscriber was given. */
    private long given;

    private CapturePublisher(Capture capture) {
        this.capture = capture;
    }

    /**
     * Returns a publisher of the events of a capture, which the caller still has to close. The publisher reads nothing
     * before the first subscription.
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

    /** Returns the end of the stream, once the window has every event that will follow; null before. */
    @Nullable
    End end() {
        return end;
    }

    /** Makes the reader check the demand again. */
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

    /**
     * Returns the position where a new subscriber starts: behind the events of other subscribers, but before events
     * that no subscriber was given.
     */
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
            // This poll hands over nothing more, and throws if the source failed.
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
        // An interrupt flag that a subscriber left set would keep the capture from waiting.
        Thread.interrupted();
    }

    /** Returns whether there are subscribers to read for; otherwise this reader ends. */
    private boolean goesOn() {
        synchronized (lock) {
            boolean goesOn = end == null && !subscriptions.isEmpty();
            if (!goesOn) {
                reader = null;
            }
            return goesOn;
        }
    }

    /** Returns the number of events to read: the largest demand, limited by the room for the slowest subscriber. */
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
