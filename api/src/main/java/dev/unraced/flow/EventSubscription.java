// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import dev.unraced.event.SyscallEvent;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber, how far it has come, and how much more it wants.
 *
 * <p>Signals are given by whichever thread finds nobody else giving them; who comes meanwhile leaves word in
 * {@code work}, and the one at it goes round once more. So they are serial, and a request from within a signal does not
 * recurse.
 */
final class EventSubscription implements Subscription {
    private final CapturePublisher publisher;
    /** How many events it has asked for, all in all. */
    private final AtomicLong requested = new AtomicLong();
    /** Starts taken, so that nobody signals before {@link #open}. */
    private final AtomicInteger work = new AtomicInteger(1);

    // Of the thread that gives the signals; null when there will be no more.
    private @Nullable Subscriber<? super SyscallEvent> subscriber;
    private long first;
    private volatile long position;
    private volatile boolean cancelled;
    private volatile @Nullable Throwable refusal;

    EventSubscription(CapturePublisher publisher, Subscriber<? super SyscallEvent> subscriber) {
        this.publisher = publisher;
        this.subscriber = subscriber;
    }

    /** Position of the next event that it gets. */
    long position() {
        return position;
    }

    /** Set before it is listed, and not afterwards. */
    void startAt(long start) {
        first = start;
        position = start;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** How many events it wants beyond a position; less than 1 for none. */
    long wantedBeyond(long end) {
        return requested.get() - (end - first);
    }

    /** The first signal. */
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

    /** Gives the signals that are due, unless another thread is at it and will. */
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
            // Asked for before the events: what is read after it is all there ever is.
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
        // Only who cancelled no longer holds its place in the window; so this one is the right one.
        if (!cancelled) {
            position = at + 1;
            signal(() -> current.onNext(event));
        }
    }

    /** Gives up the place and the subscriber; there may be one last signal. */
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
