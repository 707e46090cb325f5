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
class UserWakeupNotifierTest {
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);

    private final UserWakeupNotifier notifier = new UserWakeupNotifier();

    @Test
    void aBellThatIsNotArmedWakesNobody() {
        notifier.notifyReader();
        notifier.arm();
        notifier.disarm();
        notifier.notifyReader();

        assertThat(notifier.wakeups()).isZero();
    }

    @Test
    void itRingsOnceForEachArming() {
        notifier.arm();
        notifier.notifyReader();
        notifier.notifyReader();
        assertThat(notifier.wakeups()).isEqualTo(1);

        notifier.arm();
        notifier.notifyReader();
        assertThat(notifier.wakeups()).isEqualTo(2);
    }

    @Test
    void whatRangAfterTheArmingIsNotSleptOver() {
        notifier.arm();
        notifier.notifyReader();

        notifier.await(FOR_EVER);

        assertThat(notifier.wakeups()).isEqualTo(1);
    }

    @Test
    void aWakeEndsTheNextAwaitAndOnlyThat() {
        notifier.wake();
        notifier.arm();
        notifier.await(FOR_EVER);
        assertThat(notifier.wakeups()).isZero();

        notifier.await(1);
        notifier.notifyReader();
        assertThat(notifier.wakeups()).isEqualTo(1);
    }

    @Test
    void aWakeEndsAnAwaitInProgress() throws InterruptedException {
        Thread sleeper = sleeper();

        notifier.wake();

        sleeper.join();
        assertThat(notifier.wakeups()).isZero();
    }

    @Test
    void aRingEndsAnAwaitInProgress() throws InterruptedException {
        Thread sleeper = sleeper();

        notifier.notifyReader();

        sleeper.join();
        assertThat(notifier.wakeups()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsItAndStaysSet() {
        notifier.arm();
        Thread.currentThread().interrupt();

        notifier.await(FOR_EVER);

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
                notifier.notifyReader();
                while (received.get() < i) {
                    LockSupport.parkNanos(1_000);
                }
            }
        });
        producer.setDaemon(true);
        producer.start();
        while (received.get() < rounds) {
            notifier.arm();
            if (sent.get() == received.get()) {
                notifier.await(FOR_EVER);
            }
            notifier.disarm();
            received.set(sent.get());
        }
        producer.join();

        assertThat(notifier.wakeups()).isLessThanOrEqualTo(rounds);
    }

    @Test
    void ringingAllocatesNothing() {
        Allocation.assertNone(() -> {
            notifier.arm();
            notifier.notifyReader();
            notifier.await(1);
            notifier.disarm();
            notifier.notifyReader();
        });
    }

    private Thread sleeper() throws InterruptedException {
        Thread sleeper = new Thread(() -> {
            notifier.arm();
            notifier.await(FOR_EVER);
        });
        sleeper.setDaemon(true);
        sleeper.start();
        while (sleeper.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return sleeper;
    }
}
