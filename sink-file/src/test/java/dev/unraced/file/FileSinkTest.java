// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.server.sink.EventSink;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.SimThread;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests lines of events in a file: their order across renamed files, and their fate when the file takes none. */
@Timeout(60)
class FileSinkTest {
    private static final Pattern PATH = Pattern.compile("/missing/(\\d+)");

    private final SimKernel kernel = SimKernel.create();
    private final SimThread caller = kernel.process("caller").thread();

    @TempDir
    Path directory;

    @Test
    void theSinkIsFoundByItsName() {
        assertThat(ServiceLoader.load(EventSink.Provider.class).stream()
                        .map(each -> each.get().name()))
                .contains("file");
    }

    @Test
    void largeFilesAreRenamedAndNoLineIsTornOrLost() throws IOException {
        try (Capture capture = kernel.capture();
                FileSink sink =
                        FileSink.open(settings().set("file.max-bytes", "64KiB").build())) {
            open(capture, sink, 0, 1_000);
            assertThat(sink.describe()).isEqualTo("1000 written, 0 lost");
        }
        assertThat(file("")).exists();
        assertThat(file(".1")).exists();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 20; i >= 0; i--) {
            Path part = file(i == 0 ? "" : "." + i);
            if (Files.exists(part)) {
                assertThat(Files.size(part)).isLessThanOrEqualTo(64 << 10);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                        .isEqualTo("rw-r-----");
                for (String line : Files.readAllLines(part, StandardCharsets.UTF_8)) {
                    assertThat(line).startsWith("{").endsWith("}");
                    numbers.add(number(line));
                }
            }
        }
        assertThat(numbers).hasSize(1_000).isSorted();
    }

    @Test
    void noMoreFilesAreKeptThanWanted() throws IOException {
        try (Capture capture = kernel.capture();
                FileSink sink = FileSink.open(settings()
                        .set("file.max-bytes", "64KiB")
                        .set("file.keep", 1)
                        .build())) {
            open(capture, sink, 0, 1_000);
        }
        assertThat(file("")).exists();
        assertThat(file(".1")).exists();
        assertThat(file(".2")).doesNotExist();
    }

    @Test
    void aFileThatSomebodyMovedAwayIsMadeAnew() throws IOException {
        try (Capture capture = kernel.capture();
                FileSink sink = FileSink.open(settings().build())) {
            open(capture, sink, 0, 10);
            Files.move(file(""), directory.resolve("moved"));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                open(capture, sink, 10, 1);
                return Files.exists(file(""));
            });
            assertThat(sink.lost()).isZero();
        }
        assertThat(Files.readAllLines(directory.resolve("moved"))).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void aFileThatCannotBeRenamedGrowsAndLosesNothing() throws IOException {
        Files.createDirectories(file(".1").resolve("inside"));
        try (Capture capture = kernel.capture();
                FileSink sink = FileSink.open(settings()
                        .set("file.max-bytes", "64KiB")
                        .set("file.keep", 1)
                        .build())) {
            open(capture, sink, 0, 500);
            assertThat(sink.lost()).isZero();
        }
        assertThat(Files.readAllLines(file(""))).hasSize(500);
    }

    @Test
    void linesThatCannotBeWrittenAreCounted() throws IOException {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        try (Capture capture = kernel.capture();
                FileSink sink = FileSink.open(settings()
                        .set("file.path", gone.resolve("events").toString())
                        .build())) {
            open(capture, sink, 0, 1);
            Files.delete(gone.resolve("events"));
            Files.delete(gone);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                open(capture, sink, 1, 1);
                return sink.lost() > 0;
            });
            assertThat(sink.describe()).contains("(last: ");
            Files.createDirectory(gone);
            open(capture, sink, 2, 1);
            assertThat(Files.readAllLines(gone.resolve("events"))).hasSize(1);
        }
    }

    @Test
    void theLineBehindATornOneBeginsANewOne() throws IOException {
        try (RotatedFile file = new RotatedFile(FileSettings.of(settings().build()))) {
            assertThatThrownBy(() -> file.append(new Text("ab", true))).isInstanceOf(IOException.class);
            file.append(new Text("whole\n", false));
        }
        assertThat(Files.readString(file(""))).isEqualTo("ab\nwhole\n");
    }

    /** A line of which writing can fail at its end. */
    private record Text(String text, boolean fails) implements RotatedFile.Line {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            if (fails) {
                throw new IOException("No space left on device");
            }
        }
    }

    @Test
    void anEventBehindALineThatAKilledServerLeftTornHasALineOfItsOwn() throws IOException {
        Files.writeString(file(""), "{\"torn\":1");
        try (RotatedFile file = new RotatedFile(FileSettings.of(settings().build()))) {
            file.append(new Text("whole\n", false));
        }
        assertThat(Files.readString(file(""))).isEqualTo("{\"torn\":1\nwhole\n");
    }

    @Test
    void earlierFilesStayWhereTheFileCannotBeRenamed() throws IOException {
        FileSettings settings = FileSettings.of(
                settings().set("file.max-bytes", "64KiB").set("file.keep", 3).build());
        Files.writeString(file(".1"), "one");
        Files.writeString(file(".2"), "two");
        for (int i = 0; i < 5; i++) {
            // The file is larger than it may be, and is gone when it is to be renamed.
            try (RotatedFile file = new RotatedFile(settings)) {
                file.append(new Text("x".repeat(70_000), false));
                Files.delete(file(""));
                file.append(new Text("y", false));
            }
            Files.delete(file(""));
        }
        assertThat(Files.readString(file(".2"))).isEqualTo("one");
        assertThat(Files.readString(file(".3"))).isEqualTo("two");
    }

    @Test
    void whatIsNoRegularFileIsRefused() throws IOException {
        Files.createSymbolicLink(file(""), Path.of("/dev/null"));
        assertThatThrownBy(() -> FileSink.open(settings().build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("is a link");
        Files.delete(file(""));
        Files.createDirectory(file(""));
        assertThatThrownBy(() -> FileSink.open(settings().build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("is a folder; name a file in it");
    }

    @Test
    void aFileThatMayNotBeMadeIsRefusedAtTheStart() {
        // No user may make a file in /proc, root neither.
        assertThatThrownBy(() -> FileSink.open(
                        settings().set("file.path", "/proc/unraced-events").build()))
                .isInstanceOf(CaptureException.class)
                .hasMessageStartingWith("sink file: /proc/unraced-events cannot be opened: No such file or directory. ")
                .hasMessageContaining("Make its folder writable for user ");
    }

    @Test
    void aFullDiskIsRefusedAtTheStart() throws IOException {
        Path path = file("");
        assertThatThrownBy(() -> AccessCheck.checkSpace(path, new Disk(4096, 0)))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining(path + " cannot be written to: No space left on device disk. Make space");
        AccessCheck.checkSpace(path, new Disk(4096, 1));
        AccessCheck.checkSpace(path, new Disk(0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "json, '{'",
        "ocsf, '{'",
        "ecs, '{'",
        "table, '2'",
    })
    void eachFormatHasALineForAnEvent(String format, String begin) throws IOException {
        try (Capture capture = kernel.capture();
                FileSink sink =
                        FileSink.open(settings().set("file.format", format).build())) {
            open(capture, sink, 0, 3);
        }
        assertThat(Files.readAllLines(file(""))).hasSize(3).allMatch(line -> !line.isEmpty());
        if (!format.equals("table")) {
            assertThat(Files.readString(file(""))).startsWith(begin);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "json, '\"type\":\"EXEC\"', '\"executable\":\"/usr/bin/curl\"'",
        "ocsf, '\"class_uid\":1007', '\"cmd_line\":\"curl -s\"'",
        "ecs, '\"category\":[\"process\"]', '\"executable\":\"/usr/bin/curl\"'",
        "table, 'exec', 'by /usr/bin/curl'",
    })
    void programsAreLinesAndBehindTheirCalls(String format, String exec, String call) throws IOException {
        CaptureConfig config = settings()
                .driver("sim")
                .processEvents(true)
                .set("file.format", format)
                .build();
        kernel.files().file("/usr/bin/curl");
        SimProcess process = kernel.process("sh");
        try (Capture capture = kernel.capture(config);
                FileSink sink = FileSink.open(config)) {
            process.execute("/usr/bin/curl", "curl", "-s");
            process.thread().openat("/missing/1").finish();
            capture.poll(sink, 100);
        }
        List<String> lines = Files.readAllLines(file(""));
        assertThat(lines).as("none of a process that was there").hasSize(2);
        assertThat(lines.get(0)).contains(exec);
        assertThat(lines.get(1)).contains(call);
    }

    @Test
    void wrongSettingsAreToldAtOnce() {
        CaptureConfig config = CaptureConfig.builder()
                .set("file.format", "xml")
                .set("file.max-bytes", "1KiB")
                .set("file.keep", -1)
                .set("file.mode", "0999")
                .build();
        assertThatThrownBy(() -> FileSink.open(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.file.path is empty")
                .hasMessageContaining("unraced.file.format = xml")
                .hasMessageContaining("unraced.file.max-bytes = 1024")
                .hasMessageContaining("unraced.file.keep = -1")
                .hasMessageContaining("unraced.file.mode = 0999");
        assertThatThrownBy(() -> FileSink.open(CaptureConfig.builder()
                        .set("file.path", "/nowhere/events.json")
                        .build()))
                .hasMessageContaining("there is no folder /nowhere");
        assertThatThrownBy(() -> FileSink.open(CaptureConfig.builder()
                        .set("file.path", "/no\0where")
                        .set("file.keep", -1)
                        .build()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.file.path = \"/no\\u0000where\" (builder) is no path")
                .hasMessageContaining("unraced.file.keep = -1");
    }

    @Test
    void aLinkThatCameAfterTheCheckIsNotFollowed() throws IOException {
        FileSettings checked = FileSettings.of(settings().build());
        Path target = directory.resolve("target");
        Files.createSymbolicLink(file(""), target);
        assertThatThrownBy(() -> new RotatedFile(checked)).isInstanceOf(IOException.class);
        assertThat(target).doesNotExist();

        Files.writeString(target, "precious");
        assertThatThrownBy(() -> new RotatedFile(checked)).isInstanceOf(IOException.class);
        assertThat(target).hasContent("precious");
    }

    @Test
    void aLinkInTheFilesPlaceGetsNoLine() throws IOException {
        Path moved = directory.resolve("moved");
        try (Capture capture = kernel.capture();
                FileSink sink = FileSink.open(settings().build())) {
            open(capture, sink, 0, 1);
            Files.move(file(""), moved);
            Files.createSymbolicLink(file(""), moved);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                open(capture, sink, 1, 1);
                return sink.lost() > 0;
            });
            assertThat(sink.describe()).contains("(last: ");
        }
    }

    private CaptureConfigBuilder settings() {
        return CaptureConfig.builder().set("file.path", file("").toString());
    }

    private Path file(String end) {
        return directory.resolve("events.json" + end);
    }

    private void open(Capture capture, FileSink sink, int from, int calls) {
        for (int i = from; i < from + calls; i++) {
            caller.openat("/missing/" + i).finish();
            capture.poll(sink, 1);
        }
    }

    private static int number(String line) {
        Matcher matcher = PATH.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Integer.parseInt(matcher.group(1));
    }
}
