// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.driver.Driver;
import dev.unraced.event.ByteString;
import dev.unraced.event.Feature;
import dev.unraced.event.SyscallEvent;
import dev.unraced.format.JsonLines;
import dev.unraced.recording.RecordingWriter;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests recordings of one driver that another one replays. */
@Timeout(60)
class WatchReplayTest {
    private static final int CALLS = 200;

    private final TestConsole test = new TestConsole();

    @TempDir
    private Path directory;

    @Test
    void theReplayOfARecordingEndsByItself() throws IOException {
        Path file = recordTheDemonstration();

        assertThat(watch("--driver", "replay", "--set", "unraced.replay.file=" + file))
                .isZero();
        assertThat(test.out().lines()).hasSize(20);
        assertThat(test.err())
                .endsWith("unraced: 20 printed; driver replay: 20 returned, 20 delivered, 0 lost, "
                        + "0 filtered, balanced\n");
    }

    @Test
    void aRecordingThatIsCutShortIsPrintedUpToThereAndThenAnError() throws IOException {
        byte[] whole = Files.readAllBytes(recordTheDemonstration());
        Path cut = Files.write(directory.resolve("cut.rec"), Arrays.copyOf(whole, whole.length - 5));

        assertThat(watch("--driver", "replay", "--set", "unraced.replay.file=" + cut))
                .isEqualTo(1);
        assertThat(test.out().lines()).hasSize(20);
        assertThat(test.err())
                .contains("unraced: 20 printed;", "unraced watch: " + cut + ": ", " at byte ")
                .doesNotContain("\tat ");
    }

    @Test
    void replayPrintsWhatWasRecordedWithTheTimesOfThen() throws IOException {
        Path file = recordTheDemonstration();
        String then = test.out();
        TestConsole again = new TestConsole();

        assertThat(UnracedCommand.run(again.console(), "replay", file.toString()))
                .isZero();
        assertThat(again.out().lines()).hasSize(20);
        assertThat(again.err()).startsWith("unraced: 20 printed; driver sim: ").contains(" 20 delivered, 0 lost");
        assertThat(UnracedCommand.run(test.console(), "replay", "--json", file.toString()))
                .isZero();
        Instant first = Instant.parse(String.valueOf(
                JsonLines.parse(test.out().substring(then.length())).get(0).get("time")));
        // The demonstration's clock follows the real one, and it was recorded a moment ago.
        assertThat(Duration.between(first, Instant.now())).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        Instant second = Instant.parse(replayedTime(file));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void replayShowsTheProgramsBehindCallsAsWatchDid() {
        Path file = directory.resolve("programs.rec");
        assertThat(watch("--driver", "sim", "--processes", "--json", "--count", "20", "--record", file.toString()))
                .as(test.err())
                .isZero();
        List<Object> watched = processes(test);
        assertThat(watched).hasSize(20).doesNotContainNull();

        TestConsole again = new TestConsole();
        assertThat(UnracedCommand.run(again.console(), "replay", "--json", file.toString()))
                .isZero();
        assertThat(processes(again)).isEqualTo(watched);
        assertThat(UnracedCommand.run(again.console(), "replay", "--exe", "/bin/none", file.toString()))
                .isZero();
        assertThat(again.err()).contains("unraced: 0 printed");
    }

    @Test
    void aRecordingWithoutProcessesCannotBeAskedForThem() {
        TestConsole console = new TestConsole();
        assertThat(UnracedCommand.run(
                        console.console(),
                        "replay",
                        "--exe",
                        "/bin/sh",
                        recordTheDemonstration().toString()))
                .isEqualTo(2);
        assertThat(console.err()).contains("was recorded without --processes");
    }

    @Test
    void replayChoosesUsers() {
        Path file = recordTheDemonstration();
        TestConsole console = new TestConsole();
        assertThat(UnracedCommand.run(console.console(), "replay", "--user", "4711", file.toString()))
                .isZero();
        assertThat(console.err()).contains("unraced: 0 printed");
        assertThat(UnracedCommand.run(console.console(), "replay", "--user", "nobody-has-this-name", file.toString()))
                .isEqualTo(2);
    }

    /** Returns the processes of the lines, without the times of day, which a replay knows better than the watch. */
    private static List<Object> processes(TestConsole console) {
        return JsonLines.parse(console.out()).stream()
                .<Object>map(line -> {
                    line.remove("time");
                    return line.getOrDefault("process", line);
                })
                .toList();
    }

    private static String replayedTime(Path file) {
        TestConsole console = new TestConsole();
        assertThat(UnracedCommand.run(console.console(), "replay", "--json", file.toString()))
                .isZero();
        return String.valueOf(JsonLines.parse(console.out()).get(0).get("time"));
    }

    @Test
    void replayOfADamagedFilePrintsUpToThere() throws IOException {
        byte[] whole = Files.readAllBytes(recordTheDemonstration());
        Path cut = Files.write(directory.resolve("cut.rec"), Arrays.copyOf(whole, whole.length - 5));
        TestConsole console = new TestConsole();

        assertThat(UnracedCommand.run(console.console(), "replay", cut.toString()))
                .isEqualTo(1);
        assertThat(console.out().lines()).hasSize(20);
        assertThat(console.err()).contains("whose end was not reached", "unraced replay: ", " at byte ");
        TestConsole longer = new TestConsole();
        Path appended = Files.write(directory.resolve("appended.rec"), Arrays.copyOf(whole, whole.length + 5));
        assertThat(UnracedCommand.run(longer.console(), "replay", appended.toString()))
                .isEqualTo(1);
        assertThat(UnracedCommand.run(longer.console(), "replay", "--comm", "c*", appended.toString()))
                .isEqualTo(1);
        assertThat(longer.err())
                .contains("--comm takes names, no patterns", " delivered, ", "after its last block")
                .doesNotContain("whose end was not reached");
        assertThat(UnracedCommand.run(
                        console.console(), "replay", directory.resolve("none").toString()))
                .isEqualTo(2);
        assertThat(UnracedCommand.run(console.console(), "replay", "--failed", "--summary", directory.toString()))
                .isEqualTo(2);
    }

    @Test
    void aRecordingThatIsNoneIsAnError() throws IOException {
        Path file = Files.writeString(directory.resolve("text"), "no recording");

        assertThat(watch("--driver", "replay", "--set", "unraced.replay.file=" + file))
                .isEqualTo(1);
        assertThat(test.err()).contains("NOT_A_RECORDING: ");
    }

    @Test
    void replaySaysWhyAFileIsNoRecording() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no recording");
        Path empty = Files.createFile(directory.resolve("empty"));
        TestConsole console = new TestConsole();
        for (Path file : List.of(text, empty)) {
            assertThat(UnracedCommand.run(console.console(), "replay", file.toString()))
                    .isEqualTo(1);
            assertThat(console.err()).contains(file + " is not a recording");
        }
        Path none = directory.resolve("none");
        assertThat(UnracedCommand.run(console.console(), "replay", none.toString()))
                .isEqualTo(2);
        assertThat(console.err()).contains(none + ": there is no such file");
        assertThat(UnracedCommand.run(console.console(), "replay", directory.toString()))
                .isEqualTo(2);
        assertThat(console.err()).contains(directory + " is a folder; name a recording in it");
    }

    @Test
    void whatTheKernelDidComesAgainAsItWas() {
        Driver ebpf = Drivers.discover().all().get("ebpf");
        RunnableDriver.need(ebpf, CaptureConfig.builder().build());
        Path file = directory.resolve("real.rec");
        List<SyscallEvent> events = new ArrayList<>();
        try (Actor actor = Actor.start()) {
            CaptureConfig config = CaptureConfig.builder().tgids(actor.tgid()).build();
            try (Capture capture = ebpf.open(config);
                    RecordingWriter writer = RecordingWriter.open(file, capture)) {
                actor.ask(Command.of("bulk")
                        .with("base", ByteString.utf8("/nowhere/replayed"))
                        .with("threads", 2)
                        .with("calls", CALLS)
                        .with("tag", 0));
                while (capture.stats().pending() > 0) {
                    capture.poll(
                            event -> {
                                writer.onEvent(event);
                                events.add(event.snapshot());
                            },
                            CALLS);
                }
            }
        }

        CaptureConfig config = CaptureConfig.builder()
                .driver("replay")
                .set("unraced.replay.file", file.toString())
                .build();
        List<SyscallEvent> replayed = new ArrayList<>();
        try (Capture replay = Capture.open(config)) {
            replay.consume(event -> replayed.add(event.snapshot()));
            assertThat(replay.capabilities().lacking())
                    .isEqualTo(ebpf.capabilities()
                            .without(Feature.PROCESS_EVENTS, "the recording was made without process events")
                            .without(
                                    Feature.FILTER_EXECUTABLE,
                                    "no recorded event of a call names the file that its caller executes")
                            .without(
                                    Feature.RATE_LIMITS,
                                    "limits were applied, or were not, when the calls were recorded")
                            .lacking());
            assertThat(replay.stats().imbalance()).isZero();
        }
        assertThat(replayed).isEqualTo(events).hasSizeGreaterThanOrEqualTo(CALLS);
    }

    private Path recordTheDemonstration() {
        Path file = directory.resolve("demo.rec");
        TestConsole other = new TestConsole();
        int code = UnracedCommand.commandLine(other.console(), Drivers::discover)
                .execute("watch", "--driver", "sim", "--count", "20", "--record", file.toString());
        assertThat(code).as(other.err()).isZero();
        return file;
    }

    private int watch(String... options) {
        List<String> args = new ArrayList<>(List.of("watch"));
        args.addAll(List.of(options));
        return UnracedCommand.commandLine(test.console(), Drivers::discover).execute(args.toArray(String[]::new));
    }
}
