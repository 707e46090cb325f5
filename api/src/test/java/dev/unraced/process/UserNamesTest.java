// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UserNamesTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aNameIsAskedForOnceAndKnownSoonAfter() throws InterruptedException {
        UserNames names = new UserNames(uid -> {
            asked.incrementAndGet();
            return uid == 7 ? "alice" : null;
        });
        awaitName(names, 7);
        assertThat(names.nameOf(7)).isEqualTo(ByteString.utf8("alice"));
        for (int i = 0; i < 1_000; i++) {
            names.nameOf(8);
            names.nameOf(7);
        }
        awaitAsked(2);
        assertThat(names.nameOf(8)).isNull();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aResolverThatHangsDelaysNobody() throws InterruptedException {
        CountDownLatch answer = new CountDownLatch(1);
        UserNames names = new UserNames(uid -> {
            asked.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "bob";
        });
        long begun = System.nanoTime();
        for (long uid = 0; uid < 100_000; uid++) {
            assertThat(names.nameOf(uid)).isNull();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(asked.get()).isLessThanOrEqualTo(1);
        answer.countDown();
        awaitName(names, 99_999);
    }

    @Test
    void usersOnOnePlaceDoNotPushEachOtherOut() throws InterruptedException {
        // Some of many ids lie on root's place; whoever has a range of ids finds them.
        UserNames names = new UserNames(uid -> {
            asked.incrementAndGet();
            return uid < 2 ? "user" + uid : null;
        });
        awaitName(names, 0);
        for (int round = 0; round < 3; round++) {
            for (long uid = 100_000; uid < 165_536; uid++) {
                names.nameOf(uid);
                if (uid % 64 == 0) {
                    Thread.onSpinWait();
                }
                assertThat(names.nameOf(0)).as("root beside %d", uid).isNotNull();
            }
        }
    }

    @Test
    void aResolverThatCannotBeLoadedKnowsNoNameAndIsAskedOnce() throws InterruptedException {
        UserNames names = new UserNames(uid -> {
            asked.incrementAndGet();
            throw new NoClassDefFoundError("com/sun/jna/Native");
        });
        AtomicInteger uncaught = new AtomicInteger();
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.incrementAndGet());
        try {
            for (long uid = 0; uid < 3; uid++) {
                assertThat(names.nameOf(uid)).isNull();
                awaitAsked((int) uid + 1);
            }
            Thread.sleep(50);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(null);
        }
        assertThat(uncaught).hasValue(0);
        assertThat(names.nameOf(1)).isNull();
        assertThat(asked).hasValue(3);
    }

    private static void awaitName(UserNames names, long uid) throws InterruptedException {
        while (names.nameOf(uid) == null) {
            Thread.sleep(1);
        }
    }

    private void awaitAsked(int times) throws InterruptedException {
        while (asked.get() < times) {
            Thread.sleep(1);
        }
    }
}
