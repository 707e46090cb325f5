// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ConsumerGateTest {
    private static final int ROUNDS = 5_000;
    /** The time that a handler takes before the consumer leaves. */
    private static final int LONG_CALL_MILLIS = 300;

    @Test
    void whoeverClosesFindsItReleasedWhileAConsumerKeepsComingBack() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            AtomicInteger releases = new AtomicInteger();
            ConsumerGate gate = new ConsumerGate(releases::incrementAndGet);
            CountDownLatch consuming = new CountDownLatch(1);
            Thread consumer = new Thread(() -> {
                int refusals = 0;
                while (refusals < 3) {
                    refusals += consumeOnce(gate, consuming) ? 0 : 1;
                }
            });
            consumer.start();
            consuming.await();
            gate.close(() -> {});
            assertThat(releases).as("round %s", round).hasValue(1);
            consumer.join();
            assertThat(releases).hasValue(1);
        }
    }

    @Test
    void aConsumerThatClosesIsReleasedWhenItLeaves() {
        AtomicInteger releases = new AtomicInteger();
        ConsumerGate gate = new ConsumerGate(releases::incrementAndGet);
        gate.enter();
        gate.close(() -> {});
        assertThat(releases).hasValue(0);
        gate.leave();
        assertThat(releases).hasValue(1);
        assertThatThrownBy(gate::enter).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptedCloserWaitsInNapsAndStaysInterrupted() throws InterruptedException {
        AtomicInteger wakes = new AtomicInteger();
        AtomicInteger releases = new AtomicInteger();
        ConsumerGate gate = new ConsumerGate(releases::incrementAndGet);
        gate.enter();
        AtomicBoolean stayed = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            gate.close(wakes::incrementAndGet);
            stayed.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        Thread.sleep(LONG_CALL_MILLIS);
        closer.interrupt();
        Thread.sleep(LONG_CALL_MILLIS);
        assertThat(releases).hasValue(0);
        gate.leave();
        closer.join();
        assertThat(releases).hasValue(1);
        assertThat(stayed).isTrue();
        // A nap takes 50 microseconds and the kernel's slack of another 50.
        assertThat(wakes.get()).as("looks in %s ms", 2 * LONG_CALL_MILLIS).isLessThan(2 * LONG_CALL_MILLIS * 20);
    }

    private static boolean consumeOnce(ConsumerGate gate, CountDownLatch consuming) {
        try {
            gate.enter();
        } catch (IllegalStateException e) {
            return false;
        }
        consuming.countDown();
        gate.leave();
        return true;
    }
}
