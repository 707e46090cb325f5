// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.format.JsonLines;
import dev.unraced.recording.RecordingException;
import dev.unraced.recording.RecordingReader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the command as a process of its own, with real signals and pipes. */
@Timeout(60)
class MainProcessTest {
    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();
    private Path err = Path.of("");

    @BeforeEach
    void collectErrors() {
        err = directory.resolve("err");
    }

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalIsAnOrdinaryEnd(String signal) throws IOException, InterruptedException {
        Process process = watch(1, Redirect.PIPE);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            // A single event arrives at once, not when a buffer is full.
            assertThat(JsonLines.parse(out.readLine())).hasSize(1);
            send(signal, process);

            assertThat(process.waitFor()).isZero();
            assertThat(out.readLine()).isNull();
        }
        assertThat(errors()).contains("unraced: 1 printed;").hasLineCount(2);
    }

    @ParameterizedTest
    @CsvSource({"INT, find", "TERM, find", "HUP, find", "TERM, open"})
    void aSignalWhileItStartsIsAnOrdinaryEnd(String signal, String slow) throws IOException, InterruptedException {
        Process process = started(
                List.of("-Dscripted.slow=" + slow), Redirect.DISCARD, "watch", "--driver", "scripted", "--json");
        while (!errors().contains("scripted: " + slow)) {
            assertThat(process.isAlive()).as(errors()).isTrue();
            Thread.sleep(20);
        }
        send(signal, process);

        assertThat(process.waitFor()).as(errors()).isZero();
        assertThat(errors()).contains(" printed; driver scripted");
        if (slow.equals("open")) {
            assertThat(errors()).contains("unraced: starting; it takes longer than usual");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "serve"})
    void aSecondSignalWhileItStartsSaysThatNothingWasCaptured(String command) throws IOException, InterruptedException {
        List<String> slowly = List.of("-Dscripted.slow=open");
        Process process = started(slowly, Redirect.DISCARD, command, "--driver", "scripted");
        while (!errors().contains("scripted: open")) {
            assertThat(process.isAlive()).as(errors()).isTrue();
            Thread.sleep(20);
        }
        send("TERM", process);
        send("HUP", process);

        assertThat(process.waitFor()).as(errors()).isEqualTo(1);
        assertThat(errors()).contains("unraced: ended before it captured anything");
    }

    @Test
    void aJudgementThatIsStoppedSaysWhatWasJudged() throws IOException, InterruptedException {
        Process process = started(
                List.of(),
                Redirect.to(directory.resolve("out").toFile()),
                "conformance",
                "--driver",
                "sim",
                "--progress");
        while (!errors().contains(" kept, ")) {
            assertThat(process.isAlive()).as(errors()).isTrue();
            Thread.sleep(20);
        }
        send("TERM", process);

        assertThat(process.waitFor()).as(errors()).isEqualTo(1);
        assertThat(errors()).contains("unraced: stopped by a signal; the report has the ");
        assertThat(directory.resolve("out"))
                .content()
                .containsPattern("  KEPT    R\\d+\\.\\d+ ")
                .contains("Driver sim: ", " 0 broken.\n");
    }

    @Test
    void whereTheKitIsMissingItSaysWhereTheKitIs() throws IOException, InterruptedException {
        String withoutKit = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("junit") && !entry.contains("conformance"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = JvmCommand.of(List.of("-cp", withoutKit), "conformance", "--driver", "sim")
                .redirectError(err.toFile())
                .start();
        started.add(process);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors()).contains("lib/kit").doesNotContain("Exception");
    }

    @Test
    void aSignalEndsItEvenIfNobodyReads() throws IOException, InterruptedException {
        Process process = watch(Long.MAX_VALUE / 2, Redirect.PIPE);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isNotNull();
        send("INT", process);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors()).containsPattern("unraced: \\d+ printed; driver scripted: \\d+ returned");
    }

    @Test
    void aReaderThatLeavesIsNoError() throws IOException, InterruptedException {
        Process process = watch(Long.MAX_VALUE / 2, Redirect.PIPE);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isNotNull();
        }

        assertThat(process.waitFor()).isZero();
        assertThat(errors()).startsWith("unraced: capturing ").hasLineCount(2);
    }

    @Test
    void aReaderThatLeavesEndsItThoughThereIsNothingToPrint() throws IOException, InterruptedException {
        Process process = watch(1, Redirect.PIPE);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isNotNull();
        }

        assertThat(process.waitFor()).isZero();
        assertThat(errors()).contains("unraced: 1 printed;");
    }

    @Test
    void aRecordingGoesOnWithoutAReader() throws IOException, InterruptedException {
        Path file = directory.resolve("a.rec");
        Process process = watch(1, Redirect.PIPE, "--no-print", "--duration", "1s", "--record", file.toString());
        process.getInputStream().close();

        assertThat(process.waitFor()).isZero();
        assertThat(recorded(file, true)).isEqualTo(1);
    }

    @Test
    void aFullDiskIsAnError() throws IOException, InterruptedException {
        Process process = watch(1, Redirect.to(new File("/dev/full")));

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors())
                .contains("Standard output cannot be written to", " 0 printed")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalLeavesAWholeRecording(String signal) throws IOException, InterruptedException {
        Path file = directory.resolve("a.rec");
        Process process = watch(1, Redirect.PIPE, "--record", file.toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isNotNull();
            send(signal, process);

            assertThat(process.waitFor()).isZero();
        }
        try (RecordingReader reader = RecordingReader.open(file)) {
            assertThat(reader.poll(event -> {}, 10)).isEqualTo(1);
            assertThat(reader.poll(event -> {}, 10)).isZero();
            assertThat(reader.stats()).isPresent();
        }
    }

    @Test
    void aKilledProcessLeavesWhatItHadRecorded() throws IOException, InterruptedException {
        Path file = directory.resolve("a.rec");
        Process process = watch(5_000, Redirect.DISCARD, "--record", file.toString());
        // The command writes the last block when no more events come.
        while (recorded(file) < 5_000) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(20);
        }
        send("KILL", process);
        process.waitFor();

        assertThat(recorded(file)).isEqualTo(5_000);
    }

    /** Returns the number of events that an unfinished recording holds so far. */
    private static long recorded(Path file) {
        return recorded(file, false);
    }

    private static long recorded(Path file, boolean isFinished) {
        long count = 0;
        try (RecordingReader reader = RecordingReader.open(file)) {
            while (reader.stats().isEmpty()) {
                count += reader.poll(event -> {}, 1_000);
            }
            assertThat(isFinished).isTrue();
            return count;
        } catch (RecordingException e) {
            // Before the command has created the file, there is none at all.
            assertThat(e.isCutShort() || !Files.exists(file) || count == 0).isTrue();
            return count;
        }
    }

    private Process watch(long events, Redirect output, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("watch", "--driver", "scripted", "--json"));
        arguments.addAll(List.of(options));
        return started(List.of("-Dscripted.events=" + events), output, arguments.toArray(String[]::new));
    }

    private Process started(List<String> jvmOptions, Redirect output, String... arguments) throws IOException {
        Process process = JvmCommand.of(jvmOptions, arguments)
                .redirectOutput(output)
                .redirectError(err.toFile())
                .start();
        started.add(process);
        return process;
    }

    private static void send(String signal, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private String errors() throws IOException {
        return Files.readString(err);
    }
}
