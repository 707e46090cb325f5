// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.testing.Allocation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UserDoorbellTest {
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);

    private final UserDoorbell bell = new UserDoorbell();

    @Test
    void aBellThatIsNotArmedWakesNobody() {
        bell.ring();
        bell.arm();
        bell.disarm();
        bell.ring();

        assertThat(bell.wakeups()).isZero();
    }

    @Test
    void itRingsOnceForEachArming() {
        bell.arm();
        bell.ring();
        bell.ring();
        assertThat(bell.wakeups()).isEqualTo(1);

        bell.arm();
        bell.ring();
        assertThat(bell.wakeups()).isEqualTo(2);
    }

    @Test
    void whatRangAfterTheArmingIsNotSleptOver() {
        bell.arm();
        bell.ring();

        bell.await(FOR_EVER);

        assertThat(bell.wakeups()).isEqualTo(1);
    }

    @Test
    void aWakeEndsTheNextAwaitAndOnlyThat() {
        bell.wake();
        bell.arm();
        bell.await(FOR_EVER);
        assertThat(bell.wakeups()).isZero();

        bell.await(1);
        bell.ring();
        assertThat(bell.wakeups()).isEqualTo(1);
    }

    @Test
    void aWakeEndsAnAwaitInProgress() throws InterruptedException {
        Thread sleeper = sleeper();

        bell.wake();

        sleeper.join();
        assertThat(bell.wakeups()).isZero();
    }

    @Test
    void aRingEndsAnAwaitInProgress() throws InterruptedException {
        Thread sleeper = sleeper();

        bell.ring();

        sleeper.join();
        assertThat(bell.wakeups()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsItAndStaysSet() {
        bell.arm();
        Thread.currentThread().interrupt();

        bell.await(FOR_EVER);

        assertThat(Thread.interrupted()).isTrue();
    }

    /** If a wake-up were lost, both threads would wait for ever. */
    @Test
    void noWakeUpIsLost() throws InterruptedException {
        int rounds = 50_000;
        AtomicLong sent = new AtomicLong();
        AtomicLong received = new AtomicLong();
        Thread producer = new Thread(() -> {
            for (int i = 1; i <= rounds; i++) {
                // This write is as weak as the ring's own publication.
                sent.setRelease(i);
                bell.ring();
                while (received.get() < i) {
                    LockSupport.parkNanos(1_000);
                }
            }
        });
        producer.setDaemon(true);
        producer.start();
        while (received.get() < rounds) {
            bell.arm();
            if (sent.get() == received.get()) {
                bell.await(FOR_EVER);
            }
            bell.disarm();
            received.set(sent.get());
        }
        producer.join();

        assertThat(bell.wakeups()).isLessThanOrEqualTo(rounds);
    }

    @Test
    void ringingAllocatesNothing() {
        Allocation.assertNone(() -> {
            bell.arm();
            bell.ring();
            bell.await(1);
            bell.disarm();
            bell.ring();
        });
    }

    private Thread sleeper() throws InterruptedException {
        Thread sleeper = new Thread(() -> {
            bell.arm();
            bell.await(FOR_EVER);
        });
        sleeper.setDaemon(true);
        sleeper.start();
        while (sleeper.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return sleeper;
    }
}
