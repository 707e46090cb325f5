// SPDX-License-Identifier: Apache-2.0
package dev.unraced.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Stresses a publisher with subscribers that request from several threads, and come and go. No subscriber may see a
 * gap, a repetition or two signals at once, and each event must reach a subscriber.
 */
@Timeout(120)
class CapturePublisherStressTest {
    private static final int EVENTS = 20_000;
    private static final int SUBSCRIBERS = 4;

    private final AtomicIntegerArray got = new AtomicIntegerArray(EVENTS + 1);

    @RepeatedTest(5)
    void eachGetsPiecesWithoutGapsAndNothingIsLeftOut(RepetitionInfo repetition) throws InterruptedException {
        try (Capture capture = CountingSource.of(EVENTS)) {
            CapturePublisher publisher = CapturePublisher.of(capture);
            CountDownLatch ends = new CountDownLatch(SUBSCRIBERS);
            List<Comer> comers = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS; i++) {
                Comer comer = new Comer(publisher, repetition.getCurrentRepetition() * 100L + i, ends);
                comers.add(comer);
                comer.start();
            }
            assertThat(ends.await(100, TimeUnit.SECONDS)).isTrue();
            for (Comer comer : comers) {
                comer.join();
                assertThat(comer.fault).isNull();
            }
            for (int number = 1; number <= EVENTS; number++) {
                assertThat(got.get(number)).as("event %s", number).isPositive();
            }
        }
    }

    /** A subscriber that requests in portions from its own thread, cancels at times, and subscribes again. */
    private final class Comer extends Thread {
        private final CapturePublisher publisher;
        private final SplittableRandom random;
        private final CountDownLatch ends;
        private volatile boolean over;
        private volatile @Nullable String fault;
        private volatile @Nullable Stay stay;

        Comer(CapturePublisher publisher, long seed, CountDownLatch ends) {
            this.publisher = publisher;
            this.random = new SplittableRandom(seed);
            this.ends = ends;
            setDaemon(true);
        }

        @Override
        public void run() {
            comeBack();
            while (!over) {
                Stay current = stay;
                if (current == null) {
                    throw new AssertionError("nobody");
                }
                if (random.nextInt(200) == 0) {
                    current.subscription.cancel();
                    comeBack();
                } else {
                    current.subscription.request(random.nextInt(1, 300));
                }
                LockSupport.parkNanos(10_000);
            }
        }

        private void comeBack() {
            Stay next = new Stay();
            stay = next;
            publisher.subscribe(next);
        }

        private void found(String what) {
            fault = what;
        }

        private final class Stay implements Subscriber<SyscallEvent> {
            private volatile Subscription subscription = new Nothing();
            private volatile boolean inside;
            private long previous;

            @Override
            public void onSubscribe(Subscription given) {
                enter();
                subscription = given;
                inside = false;
            }

            @Override
            public void onNext(SyscallEvent event) {
                enter();
                long number = event.call().sequence();
                if (previous != 0 && number != previous + 1) {
                    found(number + " after " + previous);
                }
                previous = number;
                got.incrementAndGet((int) number);
                inside = false;
            }

            @Override
            public void onError(Throwable failure) {
                found(failure.toString());
                onComplete();
            }

            @Override
            public void onComplete() {
                enter();
                inside = false;
                if (stay == this) {
                    over = true;
                    ends.countDown();
                }
            }

            private void enter() {
                if (inside) {
                    found("two signals at once");
                }
                inside = true;
            }
        }
    }

    private static final class Nothing implements Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
