// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import dev.unraced.sim.SimKernel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HubTest {
    /** Longer than a consumer that did run would wait before it looked. */
    private static final int A_WHILE_MILLIS = 200;

    @Test
    void anOwnCaptureKeepsItsEventsForItsSubscriber() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> numbers = new LinkedBlockingQueue<>();
        try (Hub hub = new Hub(kernel.capture(), true, 1 << 16)) {
            kernel.process("early").thread().openat("/tmp/first").finish();
            Thread.sleep(A_WHILE_MILLIS);
            try (Tap tap = hub.tap("subscriber", event -> numbers.add(event.sequence()))) {
                kernel.process("late").thread().openat("/tmp/second").finish();
                assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(2);
                assertThat(tap.missed()).isZero();
            }
        }
    }

    @Test
    void aSubscriberThatCannotBeginLeavesTheCaptureToTheOthers() throws InterruptedException {
        SimKernel kernel = SimKernel.create();
        LinkedBlockingQueue<Long> numbers = new LinkedBlockingQueue<>();
        Outlet broken = mock(Outlet.class);
        doThrow(new IllegalStateException("no books")).when(broken).begin(any(), any());
        try (Hub hub = new Hub(kernel.capture(), false, 1 << 16);
                Tap tap = hub.tap("subscriber", event -> numbers.add(event.sequence()))) {
            assertThatThrownBy(() -> hub.attach(broken, null)).hasRootCauseMessage("no books");
            assertThat(hub.subscribers()).isZero();
            kernel.process("after").thread().openat("/tmp/first").finish();
            assertThat(numbers.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(tap.missed()).isZero();
        }
    }
}
