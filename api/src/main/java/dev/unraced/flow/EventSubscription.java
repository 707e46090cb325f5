// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.event.SyscallEvent;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The state of one subscriber: its position and its demand.
 *
 * <p>A thread gives the signals if no other thread does at the moment. Otherwise it counts up {@code work}, and the
 * signalling thread repeats its loop. So signals are serial, and a request from within a signal does not recurse.
 */
final class EventSubscription implements Subscription {
    private final CapturePublisher publisher;
    /** The total number of events that the subscriber has requested. */
    private final AtomicLong requested = new AtomicLong();
    /** The counter starts as taken, so that no thread signals before {@link #open}. */
    private final AtomicInteger work = new AtomicInteger(1);

    // These fields belong to the signalling thread; the subscriber is null when no more signals follow.
    private @Nullable Subscriber<? super SyscallEvent> subscriber;
    private long first;
    private volatile long position;
    private volatile boolean cancelled;
    private volatile @Nullable Throwable refusal;

    EventSubscription(CapturePublisher publisher, Subscriber<? super SyscallEvent> subscriber) {
        this.publisher = publisher;
        this.subscriber = subscriber;
    }

    /** Returns the position of the subscriber's next event. */
    long position() {
        return position;
    }

    /** Sets the first position; must be called before the subscription is listed. */
    void startAt(long start) {
        first = start;
        position = start;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Returns the demand beyond a position; less than 1 means none. */
    long wantedBeyond(long end) {
        return requested.get() - (end - first);
    }

    /** Gives the first signal. */
    void greet(Subscriber<? super SyscallEvent> greeted) {
        signal(() -> greeted.onSubscribe(this));
    }

    /** Begins to signal; called once, after {@link #greet}. */
    void open() {
        work(work.get());
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            refusal = new IllegalArgumentException(
                    "request(" + n + "): a subscriber asks for 1 event or more (Reactive Streams, rule 3.9)");
        } else {
            requested.accumulateAndGet(n, EventSubscription::plus);
        }
        drain();
        publisher.wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        drain();
        publisher.wake();
    }

    /** Gives the signals that are due, unless another thread gives signals and so will give these. */
    void drain() {
        if (work.getAndIncrement() == 0) {
            work(1);
        }
    }

    private void work(int begun) {
        int left = begun;
        while (left != 0) {
            signalAll();
            left = work.addAndGet(-left);
        }
    }

    private void signalAll() {
        Subscriber<? super SyscallEvent> current = subscriber;
        while (current != null && !cancelled) {
            Throwable refused = refusal;
            // The end must be read before the events: once the end is set, the window has all events.
            CapturePublisher.End end = publisher.end();
            if (refused != null) {
                leave();
                signal(() -> current.onError(refused));
            } else if (position < publisher.window().end()) {
                if (wantedBeyond(position) <= 0) {
                    return;
                }
                next(current);
            } else if (end != null) {
                leave();
                signal(() -> end.tell(current));
            } else {
                return;
            }
        }
        if (subscriber != null) {
            leave();
        }
    }

    private void next(Subscriber<? super SyscallEvent> current) {
        long at = position;
        SyscallEvent event = publisher.window().get(at);
        // Without a cancellation the subscriber still holds its place in the window, so the event is the right one.
        if (!cancelled) {
            position = at + 1;
            signal(() -> current.onNext(event));
        }
    }

    /** Gives up the place in the window and the subscriber; one last signal may follow. */
    private void leave() {
        cancelled = true;
        subscriber = null;
        publisher.left(this);
    }

    private void signal(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | Error e) {
            cancelled = true;
            publisher.threw(e);
        }
    }

    private static long plus(long sum, long n) {
        return sum + n < 0 ? Long.MAX_VALUE : sum + n;
    }
}
