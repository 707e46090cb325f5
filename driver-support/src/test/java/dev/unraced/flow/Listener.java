// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import static org.awaitility.Awaitility.await;

import dev.unraced.event.SyscallEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps its signals; it requests as many events as a test tells it to. */
class Listener implements Subscriber<SyscallEvent> {
    static final String COMPLETE = "complete";

    private final List<SyscallEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Object> last = new AtomicReference<>();
    private volatile @Nullable Subscription subscription;

    static Listener to(CapturePublisher publisher) {
        Listener listener = new Listener();
        publisher.subscribe(listener);
        return listener;
    }

    Listener request(long n) {
        subscription().request(n);
        return this;
    }

    void cancel() {
        subscription().cancel();
    }

    private Subscription subscription() {
        Subscription given = subscription;
        if (given == null) {
            throw new AssertionError("not subscribed");
        }
        return given;
    }

    List<SyscallEvent> events() {
        return events;
    }

    /** Returns the numbers of the received events. */
    List<Long> numbers() {
        return events.stream().map(event -> event.call().sequence()).toList();
    }

    /** Returns {@link #COMPLETE}, or the failure; null before the end. */
    @Nullable
    Object end() {
        return last.get();
    }

    void awaitEvents(int count) {
        await().atMost(Duration.ofSeconds(50)).until(() -> events.size() >= count);
    }

    Object awaitEnd() {
        return await().atMost(Duration.ofSeconds(50)).until(this::end, end -> end != null);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
    }

    @Override
    public void onNext(SyscallEvent event) {
        events.add(event);
    }

    @Override
    public void onError(Throwable failure) {
        last.set(failure);
    }

    @Override
    public void onComplete() {
        last.set(COMPLETE);
    }
}
