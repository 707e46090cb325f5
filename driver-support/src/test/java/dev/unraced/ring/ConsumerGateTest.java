// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ConsumerGateTest {
    private static final int ROUNDS = 5_000;
    /** The number of looks at a consumer that does not leave, and the look before which another interrupt comes. */
    private static final int LOOKS = 40;

    private static final int INTERRUPTED_LOOK = 20;
    /** The shortest time between two looks: half of a nap of 50 microseconds. */
    private static final long SHORTEST_NAP_NANOS = 25_000;

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
        AtomicInteger releases = new AtomicInteger();
        ConsumerGate gate = new ConsumerGate(releases::incrementAndGet);
        gate.enter();
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger releasesThen = new AtomicInteger(-1);
        AtomicLong lasted = new AtomicLong(-System.nanoTime());
        CountDownLatch looked = new CountDownLatch(1);
        AtomicBoolean stayed = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            gate.close(() -> {
                int look = looks.incrementAndGet();
                if (look == INTERRUPTED_LOOK) {
                    Thread.currentThread().interrupt();
                }
                if (look == LOOKS) {
                    lasted.addAndGet(System.nanoTime());
                    releasesThen.set(releases.get());
                    looked.countDown();
                }
            });
            stayed.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        looked.await();
        gate.leave();
        closer.join();
        assertThat(releasesThen).as("releases while the consumer was inside").hasValue(0);
        assertThat(releases).hasValue(1);
        assertThat(stayed).isTrue();
        assertThat(lasted.get()).as("nanoseconds of %s looks", LOOKS).isGreaterThan(LOOKS * SHORTEST_NAP_NANOS);
    }

    @Test
    void aConsumerIsAliveInsideAndForAWhileBehind() {
        AtomicLong clock = new AtomicLong(5);
        ConsumerGate gate = new ConsumerGate(() -> {}, clock::get);
        assertThat(gate.isConsumed()).as("the capture just opened").isTrue();
        clock.addAndGet(ConsumerGate.ABSENCE_NANOS);
        assertThat(gate.isConsumed()).as("nobody has begun").isFalse();

        gate.enter();
        clock.addAndGet(100 * ConsumerGate.ABSENCE_NANOS);
        assertThat(gate.isConsumed()).as("a consumer waits").isTrue();
        gate.leave();
        clock.addAndGet(ConsumerGate.ABSENCE_NANOS - 1);
        assertThat(gate.isConsumed()).as("a loop that polls now and then").isTrue();
        clock.addAndGet(1);
        assertThat(gate.isConsumed()).as("a consumer that died").isFalse();

        gate.enter();
        gate.leave();
        gate.close(() -> {});
        assertThat(gate.isConsumed()).as("closed").isFalse();
    }

    @Test
    void theTimeSinceTheLastHandoverIsKnownAmidALongBatch() {
        AtomicLong clock = new AtomicLong(-50);
        ConsumerGate gate = new ConsumerGate(() -> {}, clock::get);
        clock.set(50);
        assertThat(gate.sinceHandover(0)).as("since the opening").isEqualTo(100);
        gate.handedOver(60);
        clock.set(100);
        assertThat(gate.sinceHandover(3)).isEqualTo(40);
        clock.set(150);
        assertThat(gate.sinceHandover(3)).isEqualTo(90);

        clock.set(1_000);
        assertThat(gate.sinceHandover(4))
                .as("one since 150, in a batch that goes on")
                .isEqualTo(850);
        clock.set(1_100);
        assertThat(gate.sinceHandover(5)).as("one since 1,000").isEqualTo(100);
        clock.set(1_200);
        assertThat(gate.sinceHandover(5)).as("none since").isEqualTo(200);
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
