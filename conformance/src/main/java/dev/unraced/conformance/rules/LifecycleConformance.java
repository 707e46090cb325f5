// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Condition;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.Alone;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.BystanderProcess;
import dev.unraced.conformance.scenario.OwnCalls;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.scenario.StatsCheck;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;

/** Rules about opening and closing, and about captures side by side (chapters 11, 13 and 15). */
@Requires(syscalls = Syscall.OPENAT)
public abstract class LifecycleConformance extends DriverConformance {
    private static final int OWN_CALLS = 50;

    private static final int REOPENINGS = 5;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** A poll limit above the events that other programs are likely to make meanwhile. */
    private static final int MANY = 4_096;

    protected LifecycleConformance() {}

    /** Rules about the change of the mode in a running capture (chapter 12). */
    @Nested
    class Switches extends SwitchConformance {}

    /** Rules about the change of the filters in a running capture (chapter 12). */
    @Nested
    class LiveFilters extends LiveFilterConformance {}

    /** Rules about the threads and handlers that consume a capture (chapter 15). */
    @Nested
    class Consumers extends ConsumerConformance {}

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
            assertThat(scenario.recorder().events())
                    .as("no event of the observer's own calls")
                    .isEmpty();
            assertThat(stats.filtered().getOrDefault(FilterReason.SELF, 0L))
                    .as("%s", stats)
                    .isGreaterThanOrEqualTo(OWN_CALLS);
            evidence().add(OWN_CALLS);
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
                assertThat(paths).as("a watched call of the observer's process").contains(own.path(i));
            }
        }
    }

    @Rule("A closed capture leaves no descriptor, no thread and no child process")
    @Alone
    public final void r13_1_aClosedCaptureLeavesNothing() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            throw new NotPlayed("this machine has no " + DESCRIPTORS);
        }
        openAndClose();
        int descriptors = descriptors();
        List<Thread> threads = threads();
        long children = children();
        for (int i = 0; i < REOPENINGS; i++) {
            openAndClose();
        }
        Condition.await(
                under().patience(),
                () -> descriptors() <= descriptors,
                () -> "" + descriptors() + " descriptors, " + descriptors + " before");
        Condition.await(
                under().patience(),
                () -> threads().size() <= threads.size(),
                () -> threads().size() + " threads, " + threads.size() + " before; new: " + newNames(threads));
        Condition.await(
                under().patience(),
                () -> children() <= children,
                () -> children() + " child processes, " + children + " before");
        // A driver that opens nothing leaves nothing behind.
        try (Scenario scenario = scenario().open()) {
            assertThat(scenario.call(scenario.missing()).open().path().value())
                    .as("the next capture captures")
                    .isEqualTo(scenario.scratch().bytes("missing"));
        }
    }

    @Rule("Two captures at once see the same calls, and each has accounts of its own")
    @Requires(features = {Feature.SEVERAL_CAPTURES, Feature.UNUSED_MODE})
    public final void r15_9_capturesSideBySideAreStrangers() {
        try (Scenario scenario = scenario().open()) {
            scenario.callUnobserved(scenario.missing(0));
            List<Long> tags = new ArrayList<>();
            Capture second = openBeside(scenario);
            try (second) {
                scenario.callUnobserved(scenario.missing(1));
                scenario.callUnobserved(scenario.missing(2));
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
                                    && StatsCheck.atRest(
                                            second.stats(), second.stats().delivered());
                        },
                        () -> "the second capture has seen the calls " + tags);
                assertThat(tags).as("what the second capture sees").containsExactly(1L, 2L);
            }
            assertThat(second.stats().imbalance())
                    .as("its accounts: %s", second.stats())
                    .isZero();
            assertThat(second.stats().stash().imbalance())
                    .as("those of its stash: %s", second.stats())
                    .isZero();
            // One capture's close must not disturb the other.
            scenario.callUnobserved(scenario.missing(3));
            scenario.awaitRest();
            assertThat(scenario.recorder().events())
                    .as("what the first capture sees")
                    .extracting(event -> ((OpenEvent) event).how().value().mode())
                    .containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Rule("Captures of two processes see the same calls, and each has accounts of its own")
    @Requires(features = {Feature.SEVERAL_CAPTURES, Feature.SEVERAL_PROCESSES, Feature.UNUSED_MODE})
    public final void r15_9_capturesOfTwoProcessesAreStrangers() {
        try (Scenario scenario = scenario().open()) {
            scenario.callUnobserved(scenario.missing(0));
            try (BystanderProcess other = new BystanderProcess(
                    configBeside(scenario), scenario.actor().tgid(), under().patience())) {
                scenario.callUnobserved(scenario.missing(1));
                scenario.callUnobserved(scenario.missing(2));
                other.awaitTags(2);
                assertThat(other.tags()).as("what the other process sees").containsExactly(1L, 2L);
                assertThat(other.finish())
                        .as("the imbalance of its accounts, and of those of its stash")
                        .isEqualTo("0 0");
            }
            // One process's end must not disturb the other capture.
            scenario.callUnobserved(scenario.missing(3));
            scenario.awaitRest();
            assertThat(scenario.recorder().events())
                    .as("what this process sees")
                    .extracting(event -> ((OpenEvent) event).how().value().mode())
                    .containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Rule("A call that is under way while another capture opens and closes is seen by the capture that was there")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.SEVERAL_CAPTURES)
    public final void r15_9_aCallOutlastsAnotherCapture() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFifo("fifo");
            ByteString path = scenario.scratch().bytes("fifo");
            Job job = scenario.block(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
            openBeside(scenario).close();
            scenario.finishReader("fifo", job);

            assertThat(scenario.eventsOf(job.tid()))
                    .as("the event of the call")
                    .singleElement()
                    .extracting(event -> ((OpenEvent) event).path().value())
                    .isEqualTo(path);
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

    private void openAndClose() {
        Mitigation mode = Scenario.usual(capabilities());
        under().driver().open(under().config().mitigation(mode).build()).close();
    }

    private void onlyOf(int tgid, CaptureConfigBuilder builder) {
        if (capabilities().has(Feature.FILTER_THREAD_GROUP)) {
            builder.tgids(tgid);
        }
    }

    /**
     * Returns the threads of this process, without those by which the virtual machine awaits child processes: it starts
     * another one when a child begins before the one of the last child is idle, and ends it a minute later.
     */
    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("process reaper"))
                .toList();
    }

    private static List<String> newNames(List<Thread> before) {
        return threads().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    private static long children() {
        return ProcessHandle.current().children().count();
    }

    /** Returns the number of descriptors of this process. */
    private static int descriptors() {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return Math.toIntExact(open.count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
