// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.Alone;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Books;
import dev.unraced.conformance.scenario.BystanderProcess;
import dev.unraced.conformance.scenario.OwnCalls;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.scenario.Trust;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.CaptureStats;
import dev.unraced.driver.EventHandler;
import dev.unraced.driver.FilterReason;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Rules about opening, switching, consuming and closing. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class LifecycleConformance extends DriverConformance {
    private static final int OWN_CALLS = 50;
    private static final int REOPENINGS = 5;
    private static final int LOADS = 5;
    /** A poll limit above the events that other programs are likely to make meanwhile. */
    private static final int MANY = 4_096;
    /** The least number of switches. */
    private static final int SWITCHES = 1_000;

    protected LifecycleConformance() {}

    @Rule("The capturing process's own calls are no events, and are counted as such")
    @Requires(features = Feature.OWN_CALLS)
    public final void r11_1_theObserverDoesNotObserveItself() {
        AtomicInteger self = new AtomicInteger();
        try (Scenario scenario = scenario()
                .scope(Scope.MACHINE)
                .before(early -> self.set(new OwnCalls(early).tgid()))
                .wanted(view -> view.tgid() == self.get())
                .open()) {
            new OwnCalls(scenario).make(OWN_CALLS);
            CaptureStats stats = scenario.awaitRest();
            assertThat(scenario.recorder().events()).as("R11.1").isEmpty();
            assertThat(stats.filtered().getOrDefault(FilterReason.SELF, 0L))
                    .as("R11.1: %s", stats)
                    .isGreaterThanOrEqualTo(OWN_CALLS);
        }
    }

    @Rule("The capturing process's own calls are events when they are asked for")
    @Requires(features = Feature.OWN_CALLS)
    public final void r11_2_theObserverIsObservedOnRequest() {
        AtomicInteger self = new AtomicInteger();
        try (Scenario scenario = scenario()
                .scope(Scope.MACHINE)
                .before(early -> self.set(new OwnCalls(early).tgid()))
                .with(builder -> builder.observeSelf(true))
                .with(builder -> onlyOf(self.get(), builder))
                .wanted(view -> view.tgid() == self.get())
                .open()) {
            OwnCalls own = new OwnCalls(scenario);
            own.make(OWN_CALLS);
            scenario.awaitRest();
            List<ByteString> paths = scenario.recorder().events().stream()
                    .filter(OpenEvent.class::isInstance)
                    .map(event -> ((OpenEvent) event).path().value())
                    .toList();
            for (int i = 0; i < OWN_CALLS; i++) {
                assertThat(paths).as("R11.2").contains(own.path(i));
            }
        }
    }

    @Rule("The mode changes while the capture runs, and each event says under which it was made")
    @Requires(features = Feature.LIVE_SWITCH)
    public final void r12_1_theModeChangesLive() {
        try (Scenario scenario = scenario().open()) {
            List<Mitigation> modes =
                    Stream.of(Mitigation.values()).filter(capabilities()::has).toList();
            for (int round = 0; round < 3; round++) {
                for (Mitigation mode : modes) {
                    scenario.capture().mitigation(mode);
                    assertThat(scenario.capture().mitigation()).as("R12.1").isEqualTo(mode);
                    OpenEvent event = scenario.call(missing(scenario, round)).open();
                    assertThat(event.call().mitigation()).as("R12.1").isEqualTo(mode);
                    assertThat(event.path().provenance() == Provenance.EXIT)
                            .as("R12.1: read at the return under %s", mode)
                            .isEqualTo(mode == Mitigation.OFF);
                }
            }
        }
    }

    @Rule("A call keeps the mode under which it entered")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH})
    public final void r12_2_aCallKeepsItsMode() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            OpenEvent stashed = switched(scenario, Mitigation.OFF);
            assertThat(stashed.call().mitigation())
                    .as("R12.2: entered under stash")
                    .isEqualTo(Mitigation.STASH);
            Trust.assertGuarded("R12.2", stashed.path(), fifo);

            OpenEvent unstashed = switched(scenario, Mitigation.STASH);
            assertThat(unstashed.call().mitigation() == Mitigation.OFF
                            || unstashed.flags().contains(EventFlag.ENTER_MISSED))
                    .as("R12.2: entered under off: %s", unstashed)
                    .isTrue();
            assertThat(unstashed.path().provenance())
                    .as("R12.2: entered under off")
                    .isEqualTo(Provenance.EXIT);
            scenario.awaitEmptyStash();
        }
    }

    @Rule("A call that entered under kernel has the kernel's copy, and no other one that says otherwise")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH, Mitigation.KERNEL},
            provenances = {Provenance.ENTER, Provenance.KERNEL})
    public final void r12_2_aCallKeepsTheKernelsMode() {
        try (Scenario scenario = scenario().mitigation(Mitigation.KERNEL).open()) {
            scenario.makeFifo("fifo");
            ByteString fifo = scenario.scratch().bytes("fifo");
            for (Mitigation other : List.of(Mitigation.STASH, Mitigation.OFF)) {
                scenario.capture().mitigation(Mitigation.KERNEL);
                OpenEvent copied = switched(scenario, other);
                assertThat(copied.call().mitigation())
                        .as("R12.2: entered under kernel, returned under %s", other)
                        .isEqualTo(Mitigation.KERNEL);
                assertThat(copied.path().provenance())
                        .as("R12.2: entered under kernel, returned under %s", other)
                        .isEqualTo(Provenance.KERNEL);
                assertThat(copied.path().value()).as("R12.2").isEqualTo(fifo);
            }

            scenario.capture().mitigation(Mitigation.STASH);
            OpenEvent snapshot = switched(scenario, Mitigation.KERNEL);
            assertThat(snapshot.call().mitigation())
                    .as("R12.2: entered under stash")
                    .isEqualTo(Mitigation.STASH);
            assertThat(snapshot.path().provenance())
                    .as("R12.2: entered under stash")
                    .isEqualTo(Provenance.ENTER);

            scenario.capture().mitigation(Mitigation.OFF);
            OpenEvent late = switched(scenario, Mitigation.KERNEL);
            assertThat(
                            late.call().mitigation() == Mitigation.OFF
                                    ? late.path().provenance() == Provenance.EXIT
                                    : late.flags().contains(EventFlag.ENTER_MISSED))
                    .as("R12.2: entered under off: %s", late)
                    .isTrue();
            assertThat(late.path().provenance())
                    .as("R12.2: entered under off")
                    .isIn(Provenance.EXIT, Provenance.KERNEL);
            scenario.awaitEmptyStash();
        }
    }

    @Rule("A thousand switches under load lose no event, and tear none")
    @Requires(
            features = Feature.LIVE_SWITCH,
            mitigations = {Mitigation.OFF, Mitigation.STASH})
    public final void r12_3_aSwitchLosesNoEvent() throws InterruptedException {
        long threads = 4;
        long calls = scaled(1_000);
        int rounds = 0;
        try (Scenario scenario = scenario().open()) {
            // A load that ends before the first switch would prove nothing.
            for (int switches = 0; switches < SWITCHES || rounds < LOADS; rounds++) {
                Command bulk = Command.of("bulk")
                        .with("base", scenario.scratch().bytes("missing"))
                        .with("threads", threads)
                        .with("calls", calls)
                        .with("tag", rounds * threads * calls);
                Thread load = new Thread(() -> scenario.actor().ask(bulk));
                load.start();
                for (; load.isAlive(); switches++) {
                    scenario.capture().mitigation(switches % 2 == 0 ? Mitigation.OFF : Mitigation.STASH);
                }
                load.join();
            }
            CaptureStats stats = scenario.awaitEmptyStash();
            assertThat(scenario.recorder().size() + stats.totalLost())
                    .as("R12.3: %s", stats)
                    .isEqualTo(threads * calls * rounds);
            assertThat(scenario.recorder().events())
                    .as("R12.2: no event mixes two modes")
                    .allMatch(LifecycleConformance::isOfOneMode);
            assertThat(scenario.recorder().events())
                    .as("R12.3: no event has arguments of two calls")
                    .allMatch(event -> isUntorn(scenario, (OpenEvent) event));
        }
    }

    /** Returns whether the path ends in the tag that the mode has. */
    private static boolean isUntorn(Scenario scenario, OpenEvent event) {
        ByteString path =
                scenario.scratch().bytes("missing/" + event.how().value().mode());
        return event.path().value().equals(path);
    }

    /**
     * Returns whether an event fits its mode. Under OFF the path is read at the return and no enter is missed; under
     * other modes a missed enter or a fault explains such a path.
     */
    private static boolean isOfOneMode(SyscallEvent event) {
        OpenEvent open = (OpenEvent) event;
        boolean late = open.path().provenance() == Provenance.EXIT;
        boolean missed = open.flags().contains(EventFlag.ENTER_MISSED);
        return open.call().mitigation() == Mitigation.OFF
                ? late && !missed
                : late == (missed || open.flags().contains(EventFlag.FAULTED));
    }

    @Rule("A mode that the driver lacks is refused, and the one in force stays")
    public final void r12_4_aLackingModeIsRefused() {
        try (Scenario scenario = scenario().open()) {
            Mitigation before = scenario.capture().mitigation();
            for (Mitigation mode : Mitigation.values()) {
                boolean possible = capabilities().has(mode)
                        && (mode == before || capabilities().has(Feature.LIVE_SWITCH));
                if (!possible) {
                    assertThatThrownBy(() -> scenario.capture().mitigation(mode))
                            .as("R12.4: %s", mode)
                            .isInstanceOf(CaptureException.class);
                    assertThat(scenario.capture().mitigation()).as("R12.4").isEqualTo(before);
                }
            }
        }
    }

    @Rule("A closed capture leaves no descriptor and no thread")
    @Alone
    public final void r13_1_aClosedCaptureLeavesNothing() {
        openAndClose();
        int descriptors = descriptors();
        int threads = Thread.getAllStackTraces().size();
        for (int i = 0; i < REOPENINGS; i++) {
            openAndClose();
        }
        Condition.await(
                under().patience(),
                () -> descriptors() <= descriptors,
                () -> "R13.1: " + descriptors() + " descriptors, " + descriptors + " before");
        Condition.await(
                under().patience(),
                () -> Thread.getAllStackTraces().size() <= threads,
                () -> "R13.1: threads " + Thread.getAllStackTraces().keySet());
    }

    @Rule("A capture can be closed while another thread runs it")
    public final void r15_1_closingEndsTheRun() throws InterruptedException {
        try (Scenario scenario = scenario().unread().open()) {
            CountDownLatch ran = new CountDownLatch(1);
            Thread runner = new Thread(() -> scenario.capture().run(event -> ran.countDown()));
            runner.start();
            scenario.callUnobserved(missing(scenario, 0));
            assertThat(ran.await(patienceNanos(), TimeUnit.NANOSECONDS))
                    .as("R15.1: an event")
                    .isTrue();
            scenario.capture().close();
            runner.join(under().patience().toMillis());
            assertThat(runner.isAlive()).as("R15.1: run() returns").isFalse();
            assertThat(scenario.capture().isOpen()).as("R15.1").isFalse();
        }
    }

    @Rule("A handler can close its capture; it takes effect when the handler returns")
    public final void r15_2_theHandlerCanClose() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            scenario.callUnobserved(missing(scenario, 0));
            scenario.callUnobserved(missing(scenario, 1));
            AtomicInteger seen = new AtomicInteger();
            capture.run(event -> {
                seen.incrementAndGet();
                capture.close();
                assertThat(event.path().length())
                        .as("R15.2: the event is readable still")
                        .isPositive();
            });
            assertThat(seen.get()).as("R15.2: events after the close").isEqualTo(1);
            assertThat(capture.isOpen()).as("R15.2").isFalse();
        }
    }

    @Rule("What a handler throws reaches its caller, and the next poll goes on behind that event")
    public final void r15_3_aThrowingHandlerLosesNothing() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            for (int i = 0; i < 3; i++) {
                scenario.callUnobserved(missing(scenario, i));
            }
            IllegalArgumentException thrown = new IllegalArgumentException("from the handler");
            assertThatThrownBy(() -> awaitOne(capture, event -> {
                        throw thrown;
                    }))
                    .as("R15.3")
                    .isSameAs(thrown);
            long[] tags = new long[2];
            AtomicInteger seen = new AtomicInteger();
            while (seen.get() < 2) {
                assertThat(awaitOne(capture, event -> tags[seen.getAndIncrement()] = event.mode()))
                        .as("R15.3: an event")
                        .isEqualTo(1);
            }
            assertThat(tags).as("R15.3: the two that followed").containsExactly(1, 2);
            assertThat(capture.stats().delivered())
                    .as("R15.3: all three count as delivered")
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
            scenario.callUnobserved(missing(scenario, 0));
            assertThat(inside.await(patienceNanos(), TimeUnit.NANOSECONDS))
                    .as("R15.4: an event")
                    .isTrue();
            try {
                assertThatThrownBy(() -> capture.poll(event -> {}, 1))
                        .as("R15.4")
                        .isInstanceOf(IllegalStateException.class);
            } finally {
                // Closing waits for the handler.
                leave.countDown();
            }
            first.join();
            assertThatCode(() -> capture.poll(event -> {}, 1))
                    .as("R15.4: after the first one has left")
                    .doesNotThrowAnyException();
        }
    }

    @Rule("A closed capture refuses to be consumed, and still has its books")
    public final void r15_5_aClosedCaptureKeepsItsBooks() {
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            scenario.callUnobserved(missing(scenario, 0));
            assertThat(awaitOne(capture, event -> {})).as("R15.5: an event").isEqualTo(1);
            scenario.callUnobserved(missing(scenario, 1));
            capture.close();
            capture.close();
            assertThatThrownBy(() -> capture.poll(event -> {}, 1))
                    .as("R15.5")
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> capture.await(event -> {}, 1, 1))
                    .as("R15.5")
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> capture.run(event -> {})).as("R15.5").isInstanceOf(IllegalStateException.class);
            assertThat(capture.stats().delivered()).as("R15.5").isEqualTo(1);
            assertThat(capture.stats().imbalance())
                    .as("R15.5: the unread event is on the books: %s", capture.stats())
                    .isZero();
        }
    }

    @Rule("An interrupt ends the waiting, and the flag stays set")
    public final void r15_6_anInterruptEndsTheWaiting() {
        try (Scenario scenario = scenario().unread().open()) {
            Thread.currentThread().interrupt();
            int handed = scenario.capture().await(event -> {}, 1, patienceNanos());
            assertThat(Thread.interrupted()).as("R15.6: the flag").isTrue();
            assertThat(handed).as("R15.6: nothing was there").isZero();

            Thread waiter = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                // By now the waiter should sleep, in the driver's way; awake or not, the interrupt must end it.
                LockSupport.parkNanos(Math.min(100_000_000, patienceNanos() / 4));
                waiter.interrupt();
            });
            long start = System.nanoTime();
            interrupter.start();
            handed = scenario.capture().await(event -> {}, 1, patienceNanos());
            assertThat(Thread.interrupted()).as("R15.6: the flag").isTrue();
            assertThat(handed).as("R15.6: nothing was there").isZero();
            assertThat(System.nanoTime() - start)
                    .as("R15.6: it did not wait for the end of its time")
                    .isLessThan(patienceNanos());
        }
    }

    @Rule("A poll hands over no more events than asked for, and the rest later")
    public final void r15_7_aPollKeepsItsLimit() {
        int calls = 10;
        try (Scenario scenario = scenario().unread().open()) {
            Capture capture = scenario.capture();
            for (int i = 0; i < calls; i++) {
                scenario.callUnobserved(missing(scenario, i));
            }
            AtomicInteger seen = new AtomicInteger();
            Condition.await(
                    under().patience(),
                    () -> {
                        int before = seen.get();
                        int handed = capture.poll(event -> seen.incrementAndGet(), 3);
                        assertThat(handed).as("R15.7").isLessThanOrEqualTo(3).isEqualTo(seen.get() - before);
                        return seen.get() == calls;
                    },
                    () -> "R15.7: only " + seen.get() + " events of " + calls + " arrive");
        }
    }

    @Rule("A capture names its driver and what it reports")
    public final void r15_8_aCaptureNamesItsDriver() {
        try (Scenario scenario = scenario().open()) {
            assertThat(scenario.capture().driver())
                    .as("R15.8")
                    .isEqualTo(under().driver().name());
            assertThat(scenario.capture().capabilities().lacking())
                    .as("R15.8")
                    .isEqualTo(capabilities().lacking());
        }
    }

    @Rule("Two captures at once see the same calls, and each has books of its own")
    @Requires(features = Feature.SEVERAL_CAPTURES)
    public final void r15_9_capturesSideBySideAreStrangers() {
        try (Scenario scenario = scenario().open()) {
            scenario.callUnobserved(missing(scenario, 0));
            List<Long> tags = new ArrayList<>();
            Capture second = openBeside(scenario);
            try (second) {
                scenario.callUnobserved(missing(scenario, 1));
                scenario.callUnobserved(missing(scenario, 2));
                int tgid = scenario.actor().tgid();
                Condition.await(
                        under().patience(),
                        () -> {
                            second.poll(
                                    event -> {
                                        if (event.tgid() == tgid) {
                                            tags.add(event.mode());
                                        }
                                    },
                                    MANY);
                            return tags.size() >= 2
                                    && Books.atRest(
                                            second.stats(), second.stats().delivered());
                        },
                        () -> "R15.9: the second capture has seen the calls " + tags);
                assertThat(tags).as("R15.9: what the second capture sees").containsExactly(1L, 2L);
            }
            assertThat(second.stats().imbalance())
                    .as("R15.9: its books: %s", second.stats())
                    .isZero();
            assertThat(second.stats().stash().imbalance())
                    .as("R15.9: those of its stash: %s", second.stats())
                    .isZero();
            // One capture's close must not disturb the other.
            scenario.callUnobserved(missing(scenario, 3));
            scenario.awaitRest();
            assertThat(scenario.recorder().events())
                    .as("R15.9: what the first capture sees")
                    .extracting(event -> ((OpenEvent) event).how().value().mode())
                    .containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Rule("So do captures of two processes")
    @Requires(features = {Feature.SEVERAL_CAPTURES, Feature.SEVERAL_PROCESSES})
    public final void r15_9_capturesOfTwoProcessesAreStrangers() {
        try (Scenario scenario = scenario().open()) {
            scenario.callUnobserved(missing(scenario, 0));
            try (BystanderProcess other = new BystanderProcess(
                    configBeside(scenario), scenario.actor().tgid(), under().patience())) {
                scenario.callUnobserved(missing(scenario, 1));
                scenario.callUnobserved(missing(scenario, 2));
                other.awaitTags(2);
                assertThat(other.tags())
                        .as("R15.9: what the other process sees")
                        .containsExactly(1L, 2L);
                assertThat(other.finish())
                        .as("R15.9: the imbalance of its books, and of those of its stash")
                        .isEqualTo("0 0");
            }
            // One process's end must not disturb the other capture.
            scenario.callUnobserved(missing(scenario, 3));
            scenario.awaitRest();
            assertThat(scenario.recorder().events())
                    .as("R15.9: what this process sees")
                    .extracting(event -> ((OpenEvent) event).how().value().mode())
                    .containsExactly(0L, 1L, 2L, 3L);
        }
    }

    private Capture openBeside(Scenario scenario) {
        return under().driver().open(configBeside(scenario));
    }

    private CaptureConfig configBeside(Scenario scenario) {
        CaptureConfigBuilder builder = under().config().mitigation(Scenario.usual(capabilities()));
        onlyOf(scenario.actor().tgid(), builder);
        return builder.build();
    }

    /** Returns the event of a call that enters under the mode in force and returns after a switch. */
    private static OpenEvent switched(Scenario scenario, Mitigation to) {
        Job job =
                scenario.block(WatchedCall.openat(Pointer.to(scenario.scratch().bytes("fifo")), Linux.O_RDONLY, 0));
        scenario.capture().mitigation(to);
        scenario.releaseReaders("fifo");
        job.finish();
        return (OpenEvent) scenario.onlyEventOf(job.tid());
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

    private static WatchedCall missing(Scenario scenario, long mode) {
        return WatchedCall.openat(Pointer.to(scenario.scratch().bytes("missing")), Linux.O_RDONLY, mode);
    }

    private void openAndClose() {
        Mitigation mode = Scenario.usual(capabilities());
        under().driver().open(under().config().mitigation(mode).build()).close();
    }

    private void onlyOf(int tgid, CaptureConfigBuilder builder) {
        if (capabilities().has(Feature.SOURCE_FILTERS)) {
            builder.tgids(tgid);
        }
    }

    /** Returns the number of descriptors of this process, where it has a /proc. */
    private static int descriptors() {
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(directory)) {
            return Math.toIntExact(open.count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
