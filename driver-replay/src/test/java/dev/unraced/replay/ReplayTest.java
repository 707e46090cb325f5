// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.EventHandler;
import dev.unraced.capture.FilterReason;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.EventView;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.recording.RecordingException;
import dev.unraced.recording.RecordingReader;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.selection.Drivers;
import dev.unraced.sim.SimEvents;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ReplayTest {
    private final SimKernel kernel = SimKernel.create();
    private final Driver driver = new ReplayDriver();

    @TempDir
    private Path directory;

    @Test
    void everyEventComesAgainOneByOne() {
        List<SyscallEvent> events = new ArrayList<>();
        Path file = record(200, events);

        try (Capture replay = driver.open(replay(file).build())) {
            assertThat(replay.driver()).isEqualTo("replay");
            assertThat(replay.mitigation()).isEqualTo(Mitigation.KERNEL);
            assertThat(run(replay)).isEqualTo(events).hasSize(200);

            assertThat(replay.isEnded()).isTrue();
            assertThat(replay.stats().returned()).isEqualTo(200);
            assertThat(replay.stats().imbalance()).isZero();
            replay.close();
            assertThat(replay.stats().imbalance()).isZero();
        }
        assertThat(replayThreads()).isEmpty();
    }

    @Test
    void anEmptyRecordingEndsAtOnce() {
        Path file = record(0, new ArrayList<>());

        try (Capture replay = driver.open(replay(file).build())) {
            assertThat(run(replay)).isEmpty();
            assertThat(replay.mitigation()).as("the recorded mode").isEqualTo(Mitigation.KERNEL);
        }
    }

    @Test
    void anotherModeThanTheRecordedOneAndLimitsAreRefused() {
        Path file = record(1, new ArrayList<>());

        driver.open(replay(file).mitigation(Mitigation.KERNEL).build()).close();
        CaptureConfig other = replay(file).mitigation(Mitigation.STASH).build();
        assertThatThrownBy(() -> driver.open(other))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("under mitigation kernel")
                .hasMessageContaining("leave unraced.mitigation out");
        CaptureConfig limited = replay(file).userLimit(100).build();
        assertThatThrownBy(() -> driver.open(limited))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("limits were applied, or were not");
        assertThat(replayThreads()).isEmpty();
    }

    @Test
    void capabilitiesAreThoseOfTheRecording() {
        Capabilities lacking = Capabilities.complete().without(Syscall.OPENAT2, "the machine is too old");
        Path file = directory.resolve("a.rec");
        try (Capture capture = kernel.capture();
                RecordingWriter ignored = RecordingWriter.open(file, new Lacking(capture, lacking))) {
            kernel.process("cat");
        }

        try (Capture replay = driver.open(replay(file).build())) {
            assertThat(replay.capabilities().lacking())
                    .isEqualTo(lacking.without(Feature.PROCESS_EVENTS, "the recording was made without process events")
                            .without(
                                    Feature.FILTER_EXECUTABLE,
                                    "no recorded event of a call names the file that its caller executes")
                            .without(
                                    Feature.RATE_LIMITS,
                                    "limits were applied, or were not, when the calls were recorded")
                            .lacking());
        }
    }

    @Test
    void processEventsComeAgainBetweenTheCallsOfTheirImages() {
        List<Object> recorded = new ArrayList<>();
        Path file = recordProgram(recorded);

        List<Object> replayed = new ArrayList<>();
        try (Capture replay = driver.open(replay(file).processEvents(true).build())) {
            assertThat(replay.capabilities().has(Feature.PROCESS_EVENTS)).isTrue();
            assertThat(replay.processEvents()).isTrue();
            assertThat(replay.mitigation()).isEqualTo(Mitigation.KERNEL);
            replay.consume(collecting(replayed));

            assertThat(replayed).isEqualTo(recorded);
            assertThat(replay.stats().processEvents()).isEqualTo(recorded.size() - 2);
            assertThat(replay.stats().imbalance()).isZero();
        }
    }

    @Test
    void callsThatAreReplayedKnowTheirProcess() {
        Path file = recordProgram(new ArrayList<>());

        List<String> programs = new ArrayList<>();
        try (Capture replay =
                Drivers.of(driver).open(replay(file).processEvents(true).build())) {
            replay.consume(event ->
                    programs.add(event.process() + ": " + event.process().commandLine()));
        }
        assertThat(programs).hasSize(2).last().isEqualTo("/usr/bin/curl: curl -s");
        assertThat(programs.get(0)).doesNotContain("curl").doesNotContain("unknown");

        try (Capture replay = Drivers.of(driver).open(replay(file).build())) {
            replay.consume(event -> programs.add(event.process().toString()));
        }
        assertThat(programs.subList(2, 4)).containsOnly("unknown (NO_TABLE)");
    }

    @Test
    void withoutProcessEventsTheCallsAloneComeAgain() {
        List<Object> recorded = new ArrayList<>();
        Path file = recordProgram(recorded);

        List<Object> replayed = new ArrayList<>();
        try (Capture replay = driver.open(replay(file).build())) {
            replay.consume(collecting(replayed));

            assertThat(replay.processEvents()).isFalse();
            assertThat(replayed)
                    .isEqualTo(recorded.stream()
                            .filter(SyscallEvent.class::isInstance)
                            .toList())
                    .hasSize(2);
            assertThat(replay.stats().processEvents()).isZero();
            assertThat(replay.stats().imbalance()).isZero();
        }
    }

    @Test
    void filtersByTheCallerLeaveOutProcessEventsUncounted() {
        List<Object> recorded = new ArrayList<>();
        Path file = recordProgram(recorded);

        List<Object> replayed = new ArrayList<>();
        try (Capture replay =
                driver.open(replay(file).processEvents(true).uids(4711).build())) {
            replay.consume(collecting(replayed));

            assertThat(replayed)
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event).asString().startsWith("ALIVE"));
            assertThat(replay.stats().processEvents()).isEqualTo(replayed.size());
            assertThat(replay.stats().filtered()).containsEntry(FilterReason.UID, 2L);
            assertThat(replay.stats().imbalance()).isZero();
        }
    }

    @Test
    void processEventsThatWereNotRecordedAreRefused() {
        Path file = record(1, new ArrayList<>());
        assertThatThrownBy(() -> driver.open(replay(file).processEvents(true).build()))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("the recording was made without process events");
    }

    @Test
    void aFilterByExecutableIsRefused() {
        Path file = record(1, new ArrayList<>());
        assertThatThrownBy(() -> driver.open(replay(file).executables("/bin/sh").build()))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("lacks filter executable");
    }

    /** Records an open of a process, then one of the program that it executes. */
    private Path recordProgram(List<Object> recorded) {
        kernel.files().file("/usr/bin/curl");
        SimProcess process = kernel.process("sh");
        Path file = directory.resolve("program.rec");
        CaptureConfig config = CaptureConfig.builder()
                .driver("sim")
                .mitigation(Mitigation.KERNEL)
                .processEvents(true)
                .build();
        try (Capture capture = kernel.driver().open(config);
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            process.thread().openat("/etc/hostname").finish();
            process.execute("/usr/bin/curl", "curl", "-s");
            process.thread().openat("/etc/hostname").finish();
            EventHandler collecting = collecting(recorded);
            capture.poll(
                    new EventHandler() {
                        @Override
                        public void onEvent(EventView event) {
                            writer.onEvent(event);
                            collecting.onEvent(event);
                        }

                        @Override
                        public void onProcess(ProcessView event) {
                            writer.onProcess(event);
                            collecting.onProcess(event);
                        }
                    },
                    100);
        }
        assertThat(recorded).hasSizeGreaterThan(3);
        return file;
    }

    private static EventHandler collecting(List<Object> into) {
        return new EventHandler() {
            @Override
            public void onEvent(EventView event) {
                into.add(event.snapshot());
            }

            @Override
            public void onProcess(ProcessView event) {
                into.add(event.type() + " "
                        + Arrays.toString(ProcessRecordView.of(event).toByteArray()));
            }
        };
    }

    @Test
    void theModeCannotBeChanged() {
        try (Capture replay = driver.open(replay(record(1, new ArrayList<>())).build())) {
            assertThatThrownBy(() -> replay.switchTo(Mitigation.OFF))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("made under mitigation kernel");
        }
    }

    @Test
    void filtersApplyAndAreCounted() {
        List<SyscallEvent> events = new ArrayList<>();
        Path file = record(100, events);
        int tgid = events.get(0).caller().tgid();
        List<SyscallEvent> wanted = events.stream()
                .filter(event -> event.caller().tgid() == tgid)
                .filter(event -> event.call().syscall() != Syscall.CONNECT)
                .toList();
        long connects = events.stream()
                .filter(event -> event.call().syscall() == Syscall.CONNECT)
                .count();

        CaptureConfig config =
                replay(file).tgids(tgid).syscalls(Syscall.OPENAT, Syscall.OPEN).build();
        try (Capture replay = driver.open(config)) {
            assertThat(run(replay)).isEqualTo(wanted);
            assertThat(connects).isPositive();
            assertThat(replay.stats().filtered()).containsEntry(FilterReason.TGID, 100 - connects - wanted.size());
            assertThat(replay.stats().imbalance()).isZero();
        }
        try (Capture replay = driver.open(replay(file).uids(4711).build())) {
            assertThat(run(replay)).isEmpty();
            assertThat(replay.stats().filtered()).containsEntry(FilterReason.UID, 100L);
        }
        try (Capture replay = driver.open(replay(file).cgroups(4711).build())) {
            assertThat(run(replay)).isEmpty();
            assertThat(replay.stats().filtered()).containsEntry(FilterReason.CGROUP, 100L);
        }
    }

    @Test
    void whatComesBeforeTheCutIsDelivered() throws IOException {
        List<SyscallEvent> events = new ArrayList<>();
        byte[] whole = Files.readAllBytes(record(300, events));
        for (int length = whole.length - 1; length > 200; length -= whole.length / 15) {
            Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
            List<SyscallEvent> readable = readable(cut);

            failsAfter(cut, readable);
        }
        assertThat(whole.length).isGreaterThan(200);
    }

    @Test
    void whatComesBeforeTheDamageIsDelivered() throws IOException {
        byte[] bytes = Files.readAllBytes(record(300, new ArrayList<>()));
        bytes[bytes.length * 2 / 3] ^= 0x40;
        Path damaged = Files.write(directory.resolve("damaged"), bytes);

        failsAfter(damaged, readable(damaged));
    }

    private void failsAfter(Path file, List<SyscallEvent> expected) {
        List<SyscallEvent> seen = new ArrayList<>();
        try (Capture replay = driver.open(replay(file).build())) {
            assertThatThrownBy(() -> replay.consume(event -> seen.add(event.snapshot())))
                    .isInstanceOf(CaptureException.class)
                    .hasCauseInstanceOf(RecordingException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(" at byte ");
            assertThat(seen).isEqualTo(expected);
            assertThatThrownBy(() -> replay.poll(event -> {}, 1)).isInstanceOf(CaptureException.class);
            assertThatThrownBy(() -> replay.await(event -> {}, 1, 1)).isInstanceOf(CaptureException.class);
            assertThat(replay.stats().imbalance()).isZero();
        }
    }

    @Test
    void aMillionEventsComeThroughASmallRingAndNoneIsLost() {
        int count = 1_000_000;
        Path file = directory.resolve("many");
        try (Capture capture = kernel.capture();
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            kernel.process("cat").thread().openat("/etc/hostname").finish();
            capture.poll(
                    event -> {
                        for (int i = 0; i < count; i++) {
                            writer.onEvent(event);
                        }
                    },
                    1);
        }

        AtomicLong seen = new AtomicLong();
        try (Capture replay = driver.open(replay(file).ringBytes(1 << 16).build())) {
            replay.consume(event -> seen.incrementAndGet());

            assertThat(seen).hasValue(count);
            assertThat(replay.stats().returned()).isEqualTo(count);
            assertThat(replay.stats().totalLost()).isZero();
        }
    }

    @Test
    void closingInTheMidstEndsTheReading() {
        Path file = directory.resolve("many");
        try (Capture capture = kernel.capture();
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            kernel.process("cat").thread().openat("/etc/hostname").finish();
            capture.poll(
                    event -> {
                        for (int i = 0; i < 100_000; i++) {
                            writer.onEvent(event);
                        }
                    },
                    1);
        }

        Capture replay = driver.open(replay(file).ringBytes(1 << 16).build());
        replay.consume(event -> replay.close());

        assertThat(replay.stats().delivered()).isEqualTo(1);
        assertThat(replay.stats().imbalance()).isZero();
        assertThat(replayThreads()).isEmpty();
    }

    @Test
    void originalTimingWaitsAsLongAsItWas() throws InterruptedException {
        List<SyscallEvent> events = new ArrayList<>();
        Path file = record(5, events);
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
        List<Long> slept = new ArrayList<>();
        CountDownLatch read = new CountDownLatch(1);
        Pace pace = Pace.original(clock::get, nanos -> {
            // A sleep may be interrupted, so it is shorter than asked for.
            long passed = (nanos + 1) / 2;
            slept.add(passed);
            clock.addAndGet(passed);
        });
        CaptureConfig config = replay(file).build();
        try (Capture replay = ReplaySource.open("replay", RecordingReader.open(file), config, pace)) {
            assertThat(run(replay)).isEqualTo(events);
            read.countDown();
        }

        read.await();
        assertThat(slept.stream().mapToLong(Long::longValue).sum())
                .isEqualTo(
                        events.get(4).call().exitNanos() - events.get(0).call().exitNanos());
    }

    @Test
    void aProcessThatWasThereLongBeforeDelaysNothing() {
        Path file = directory.resolve("alive.rec");
        SimProcess cat = kernel.process("cat");
        CaptureConfig events =
                CaptureConfig.builder().driver("sim").processEvents(true).build();
        try (Capture capture = kernel.capture(events);
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            ProcessEncoder alive = new ProcessEncoder();
            alive.begin(ProcessView.Type.ALIVE, 1)
                    .sequence(0, 1)
                    .process(7, 7, 1, 1)
                    .finish();
            writer.onProcess(new ProcessRecordView().wrap(alive.buffer(), 0));
            kernel.sleep(Duration.ofDays(1));
            cat.thread().openat("/etc/hostname").finish();
            capture.poll(writer, 100);
        }
        AtomicLong clock = new AtomicLong();
        List<Long> slept = new ArrayList<>();
        Pace pace = Pace.original(clock::get, nanos -> {
            slept.add(nanos);
            clock.addAndGet(nanos);
        });
        CaptureConfig config = replay(file).processEvents(true).build();
        try (Capture replay = ReplaySource.open("replay", RecordingReader.open(file), config, pace)) {
            assertThat(run(replay)).hasSize(1);
        }
        assertThat(slept).isEmpty();
    }

    @Test
    void closingEndsALongWait() {
        Path file = directory.resolve("a.rec");
        try (Capture capture = kernel.capture();
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            SimProcess cat = kernel.process("cat");
            cat.thread().openat("/etc/hostname").finish();
            kernel.sleep(Duration.ofDays(1));
            cat.thread().openat("/etc/hostname").finish();
            capture.poll(writer, 2);
        }

        Capture replay = driver.open(
                replay(file).set("unraced.replay.timing", "original").build());
        assertThat(replay.await(event -> {}, 2, Long.MAX_VALUE)).isEqualTo(1);
        replay.close();

        assertThat(replayThreads()).isEmpty();
        assertThat(replay.stats().imbalance()).isZero();
    }

    @Test
    void aFileThatCannotBeReplayedSaysWhy() throws IOException {
        assertThat(unavailable("").code()).isEqualTo("RECORDING_UNNAMED");
        assertThat(unavailable("/nowhere/a.rec").code()).isEqualTo("RECORDING_MISSING");
        assertThat(unavailable("\0").code()).isEqualTo("RECORDING_MISSING");
        assertThat(unavailable(directory.toString()).code()).isEqualTo("RECORDING_UNREADABLE");
        Path text = Files.writeString(directory.resolve("text"), "This is no recording at all.");
        assertThat(unavailable(text.toString())).satisfies(why -> {
            assertThat(why.code()).isEqualTo("NOT_A_RECORDING");
            assertThat(why.missing()).contains(text.toString());
            assertThat(why.remedy()).contains("unraced watch --record");
        });
        assertThatThrownBy(() -> driver.open(replay(text).build()))
                .isInstanceOf(CaptureException.class)
                .hasMessageStartingWith("NOT_A_RECORDING: ");
        assertThat(driver.availability(replay(record(1, new ArrayList<>())).build()))
                .isEqualTo(new Availability.Available());
    }

    @Test
    void aValueThatIsNotAllowedNamesTheNearest() {
        CaptureConfig config = CaptureConfig.builder()
                .driver("replay")
                .set("unraced.replay.timing", "orignal")
                .build();

        assertThat(driver.availability(config))
                .isInstanceOfSatisfying(
                        Availability.Unavailable.class,
                        why -> assertThat(why.missing())
                                .startsWith("unraced.replay.timing = orignal (builder), the nearest is ")
                                .contains("; allowed: "));
        assertThatThrownBy(() -> driver.open(config)).isInstanceOf(InvalidConfigException.class);
    }

    private Availability.Unavailable unavailable(String file) {
        CaptureConfig config = CaptureConfig.builder()
                .driver("replay")
                .set("unraced.replay.file", file)
                .build();
        return (Availability.Unavailable) driver.availability(config);
    }

    private static CaptureConfigBuilder replay(Path file) {
        return CaptureConfig.builder().driver("replay").set("unraced.replay.file", file.toString());
    }

    private static List<SyscallEvent> run(Capture replay) {
        List<SyscallEvent> events = new ArrayList<>();
        replay.consume(event -> events.add(event.snapshot()));
        return events;
    }

    private static List<SyscallEvent> readable(Path file) {
        List<SyscallEvent> events = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(file)) {
            while (reader.poll(event -> events.add(event.snapshot()), 100) > 0) {
                // Each iteration reads up to the damage.
            }
        } catch (RecordingException e) {
            return events;
        }
        throw new AssertionError("nothing is wrong with " + file);
    }

    /** Records opens and connects of two processes, 100 ms apart, so that the recording has several blocks. */
    private Path record(int calls, List<SyscallEvent> events) {
        Path file = directory.resolve("recorded-" + calls);
        CaptureConfig config = CaptureConfig.builder()
                .driver("sim")
                .mitigation(Mitigation.KERNEL)
                .build();
        SimProcess cat = kernel.process("cat");
        SimProcess curl = kernel.process("curl");
        try (Capture capture = kernel.capture(config);
                RecordingWriter writer = RecordingWriter.open(file, capture)) {
            for (int i = 0; i < calls; i++) {
                switch (i % 3) {
                    case 0 -> cat.thread().openat("/etc/hostname").finish();
                    case 1 -> curl.thread().openat("/nowhere/" + i).finish();
                    default -> curl.thread().connect("127.0.0.1", 80).finish();
                }
                kernel.sleep(Duration.ofMillis(100));
            }
            capture.poll(
                    event -> {
                        writer.onEvent(event);
                        events.add(event.snapshot());
                    },
                    Integer.MAX_VALUE);
            assertThat(SimEvents.of(capture)).isEmpty();
        }
        return file;
    }

    private static List<String> replayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("unraced-replay"::equals)
                .toList();
    }
}
