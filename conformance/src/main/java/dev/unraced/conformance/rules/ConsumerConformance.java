// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.EventHandler;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** Rules about the threads and handlers that consume a capture (chapter 15). */
@Requires(syscalls = Syscall.OPENAT)
public abstract class ConsumerConformance extends DriverConformance {
    protected ConsumerConformance() {}

    @Rule("A capture can be closed while another thread runs it")
    public final void r15_1_closingEndsTheRun() throws InterruptedException {
        try (Scenario scenario = scenario().unread().open()) {
            CountDownLatch ran = new CountDownLatch(1);
            ByteString missing = scenario.scratch().bytes("missing");
            Thread runner = new Thread(() -> scenario.capture().consume(event -> {
                if (isOf(event, missing)) {
                    ran.countDown();
                }
            }));
            runner.start();
            scenario.callUnobserved(scenario.missing(0));
            assertThat(ran.await(patienceNanos(), TimeUnit.NANOSECONDS))
                    .as("an event")
                    .isTrue();
            scenario.capture().close();
            runner.join(under().patience().toMillis());
            assertThat(runner.isAlive()).as("run() returns").isFalse();
            assertThat(scenario.capture().isOpen()).as("the capture is closed").isFalse();
        }
    }

    @Rule("A handler can close its capture; it takes effect when the handler returns")
    public final void r15_2_theHandlerCanClose() throws InterruptedException {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            scenario.callUnobserved(scenario.missing(0));
            scenario.callUnobserved(scenario.missing(1));
            AtomicInteger seen = new AtomicInteger();
            AtomicBoolean readable = new AtomicBoolean();
            ByteString missing = scenario.scratch().bytes("missing");
            Thread runner = new Thread(() -> capture.consume(event -> {
                seen.incrementAndGet();
                capture.close();
                readable.set(isOf(event, missing));
            }));
            runner.start();
            runner.join(under().patience().toMillis());
            runner.interrupt();
            assertThat(readable.get()).as("the event is readable still").isTrue();
            assertThat(seen.get()).as("events after the close").isEqualTo(1);
            assertThat(capture.isOpen()).as("the capture is closed").isFalse();
        }
    }

    @Rule("An exception of the handler reaches its caller, and the next poll goes on behind that event")
    @Requires(features = Feature.UNUSED_MODE)
    public final void r15_3_aThrowingHandlerLosesNothing() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            for (int i = 0; i < 3; i++) {
                scenario.callUnobserved(scenario.missing(i));
            }
            IllegalArgumentException thrown = new IllegalArgumentException("from the handler");
            assertThatThrownBy(() -> awaitOne(capture, event -> {
                        throw thrown;
                    }))
                    .as("the handler's own exception")
                    .isSameAs(thrown);
            long[] tags = new long[2];
            AtomicInteger seen = new AtomicInteger();
            while (seen.get() < 2) {
                assertThat(awaitOne(capture, event -> tags[seen.getAndIncrement()] = event.mode()))
                        .as("an event")
                        .isEqualTo(1);
            }
            assertThat(tags).as("the two that followed").containsExactly(1, 2);
            assertThat(capture.stats().delivered())
                    .as("all three count as delivered")
                    .isEqualTo(3);
        }
    }

    @Rule("A second consumer is refused while the first one consumes")
    public final void r15_4_aSecondConsumerIsRefused() throws InterruptedException {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            Thread first = new Thread(() -> awaitOne(capture, event -> {
                inside.countDown();
                awaitQuietly(leave);
            }));
            first.start();
            scenario.callUnobserved(scenario.missing(0));
            assertThat(inside.await(patienceNanos(), TimeUnit.NANOSECONDS))
                    .as("an event")
                    .isTrue();
            try {
                assertThatThrownBy(() -> capture.poll(event -> {}, 1))
                        .as("a second consumer is refused")
                        .isInstanceOf(IllegalStateException.class);
            } finally {
                // Closing waits for the handler.
                leave.countDown();
            }
            first.join();
            assertThatCode(() -> capture.poll(event -> {}, 1))
                    .as("after the first one has left")
                    .doesNotThrowAnyException();
        }
    }

    @Rule("A closed capture refuses to be consumed, and still has its accounts")
    public final void r15_5_aClosedCaptureKeepsItsStatistics() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            scenario.callUnobserved(scenario.missing(0));
            assertThat(awaitOne(capture, event -> {})).as("an event").isEqualTo(1);
            scenario.callUnobserved(scenario.missing(1));
            capture.close();
            capture.close();
            assertThatThrownBy(() -> capture.poll(event -> {}, 1))
                    .as("poll after close")
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> capture.await(event -> {}, 1, 1))
                    .as("await after close")
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> capture.consume(event -> {}))
                    .as("consume after close")
                    .isInstanceOf(IllegalStateException.class);
            assertThat(capture.stats().delivered())
                    .as("the delivered events after close")
                    .isEqualTo(1);
            assertThat(capture.stats().imbalance())
                    .as("the unread event is in the accounts: %s", capture.stats())
                    .isZero();
        }
    }

    @Rule("An interrupt ends the waiting, and the flag stays set")
    public final void r15_6_anInterruptEndsTheWaiting() {
        try (Scenario scenario = scenario().unread().open()) {
            Thread.currentThread().interrupt();
            int handed = scenario.capture().await(event -> {}, 1, patienceNanos());
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(handed).as("nothing was there").isZero();

            Thread waiter = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                // By now the waiter should sleep, in the driver's way; awake or not, the interrupt must end it.
                LockSupport.parkNanos(Math.min(100_000_000, patienceNanos() / 4));
                waiter.interrupt();
            });
            long start = System.nanoTime();
            interrupter.start();
            handed = scenario.capture().await(event -> {}, 1, patienceNanos());
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(handed).as("nothing was there").isZero();
            assertThat(System.nanoTime() - start)
                    .as("it did not wait for the end of its time")
                    .isLessThan(patienceNanos());

            scenario.callUnobserved(scenario.missing());
            assertThat(awaitOne(scenario.capture(), event -> {}))
                    .as("the capture goes on")
                    .isEqualTo(1);
        }
    }

    @Rule("An interrupted thread learns the statistics, and closes, as any other")
    public final void r15_6_anInterruptEndsTheWaitingAlone() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            scenario.callUnobserved(scenario.missing());
            assertThat(awaitOne(capture, event -> {})).as("an event").isEqualTo(1);
            long before = capture.stats().returned();

            scenario.callUnobserved(scenario.missing());
            Thread.currentThread().interrupt();
            long after = capture.stats().returned();
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(after).as("the calls that had returned").isGreaterThan(before);

            scenario.callUnobserved(scenario.missing());
            Thread.currentThread().interrupt();
            capture.close();
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(capture.isOpen()).as("the capture is open").isFalse();
            CaptureStats last = capture.stats();
            assertThat(last.returned()).as("the last call, too: %s", last).isGreaterThan(after);
            assertThat(last.imbalance()).as("%s", last).isZero();
        }
    }

    @Rule("A poll hands over no more events than asked for, and the rest later")
    @Requires(features = Feature.UNUSED_MODE)
    public final void r15_7_aPollKeepsItsLimit() {
        int calls = 10;
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            for (int i = 0; i < calls; i++) {
                scenario.callUnobserved(scenario.missing(i));
            }
            List<Long> tags = new ArrayList<>();
            Condition.await(
                    under().patience(),
                    () -> {
                        int before = tags.size();
                        int handed = capture.poll(event -> tags.add(event.mode()), 3);
                        assertThat(handed)
                                .as("events that one poll hands over")
                                .isLessThanOrEqualTo(3)
                                .isEqualTo(tags.size() - before);
                        return tags.size() == calls;
                    },
                    () -> "only " + tags.size() + " events of " + calls + " arrive");
            assertThat(tags)
                    .as("each call's event once")
                    .isEqualTo(LongStream.range(0, calls).boxed().toList());
        }
    }

    @Rule("A capture names its driver and what it reports")
    public final void r15_8_aCaptureNamesItsDriver() {
        try (Scenario scenario = scenario().open()) {
            assertThat(scenario.capture().driver())
                    .as("the driver's name")
                    .isEqualTo(under().driver().name());
            assertThat(scenario.capture().capabilities().lacking())
                    .as("the capture's capabilities")
                    .isEqualTo(capabilities().lacking());
            assertThat(scenario.call(scenario.missing()).open().path().value())
                    .as("and captures")
                    .isEqualTo(scenario.scratch().bytes("missing"));
        }
    }

    private static boolean isOf(EventView event, ByteString path) {
        return event.path().isPresent() && event.path().contentEquals(path);
    }

    /** Waits for one event, as long as the driver's patience. */
    private int awaitOne(Capture capture, EventHandler handler) {
        return capture.await(handler, 1, patienceNanos());
    }

    private long patienceNanos() {
        return under().patience().toNanos();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
