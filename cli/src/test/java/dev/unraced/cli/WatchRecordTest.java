// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.unraced.capture.LossReason;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.scripted.ScriptedCapture;
import dev.unraced.event.record.RecordView;
import dev.unraced.recording.RecordingReader;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchRecordTest {
    private static final List<byte[]> MIXED =
            List.of(record(open("/etc/hosts")), record(failedOpen("/nowhere")), record(connect("020000507f000001")));

    private final Drivers drivers = mock();
    private final TestConsole test = new TestConsole();

    @TempDir
    private Path directory;

    private String file = "";

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("a.rec").toString();
    }

    @Test
    void recordsAndPrints() throws IOException {
        assertThat(watch(new ScriptedCapture(MIXED), "--record", file, "--count", "3"))
                .isZero();

        assertThat(test.out().lines()).hasSize(3);
        assertThat(recorded()).containsExactlyElementsOf(MIXED);
        assertThat(test.err())
                .contains("unraced: 3 printed, 3 recorded (" + Files.size(Path.of(file)) + " bytes in " + file
                        + "); driver scripted: 8 returned, 3 delivered, 0 lost,");
    }

    @Test
    void recordsWhatIsNotPrinted() {
        watch(new ScriptedCapture(MIXED), "--record", file, "--duration", "1ms", "--failed");

        assertThat(test.out().lines()).hasSize(1);
        assertThat(recorded()).containsExactlyElementsOf(MIXED);
        assertThat(test.err()).contains("unraced: 1 printed, 2 not printed, 3 recorded (");
    }

    @Test
    void recordsOnly() {
        watch(ScriptedCapture.repeating(MIXED, 10_000), "--record", file, "--no-print", "--count", "5001");

        assertThat(test.out()).isEmpty();
        assertThat(recorded()).hasSize(5_001);
        assertThat(test.err()).contains("unraced: 5001 recorded (");
    }

    @Test
    void theStatisticsInTheFileAreThoseOfTheEnd() {
        watch(new ScriptedCapture(MIXED), "--record", file, "--count", "1");

        try (RecordingReader reader = RecordingReader.open(Path.of(file))) {
            while (reader.poll(event -> {}, 10) > 0) {
                // This reads on to the end.
            }
            assertThat(reader.driver()).isEqualTo("scripted");
            assertThat(reader.stats()).get().satisfies(stats -> {
                assertThat(stats.delivered()).isEqualTo(1);
                assertThat(stats.lost()).containsEntry(LossReason.CLOSED, 2L);
            });
        }
    }

    @Test
    void aFileThatExistsIsKeptUnlessForced() throws IOException {
        Files.writeString(Path.of(file), "precious");

        assertThat(watch(new ScriptedCapture(MIXED), "--record", file, "--count", "3"))
                .isEqualTo(2);
        assertThat(Path.of(file)).hasContent("precious");
        assertThat(test.err()).contains("--record: " + file + " exists; --force replaces it");
        verify(drivers, never()).open(any());

        assertThat(watch(new ScriptedCapture(MIXED), "--record", file, "--count", "3", "--force"))
                .isZero();
        assertThat(recorded()).hasSize(3);
    }

    @Test
    void aFileThatCannotBeCreatedEndsItAndClosesTheCapture() {
        ScriptedCapture capture = new ScriptedCapture(MIXED);
        Path absent = directory.resolve("absent/a.rec");

        assertThat(watch(capture, "--record", absent.toString(), "--count", "3"))
                .isEqualTo(1);

        assertThat(test.err())
                .isEqualTo("unraced watch: Recording " + absent + " cannot be created: No such file or directory.\n");
        assertThat(capture.isOpen()).isFalse();
    }

    @Test
    void aFullDiskIsTold() {
        assertThat(watch(new ScriptedCapture(MIXED), "--record", "/dev/full", "--force", "--count", "3"))
                .isEqualTo(1);
        assertThat(test.err())
                .contains("unraced watch: Recording /dev/full cannot be written: No space left on device.")
                .doesNotContain("\tat ");
    }

    @Test
    void theFileIsWholeWhenTheOutputIsNot() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThat(watch(test.console(broken), new ScriptedCapture(MIXED), "--record", file, "--duration", "1ms"))
                .isEqualTo(1);

        assertThat(recorded()).containsExactlyElementsOf(MIXED);
        assertThat(test.err()).contains("3 recorded (").contains("Standard output cannot be written to");
    }

    @Test
    void optionsWithoutARecordingAreRefused() {
        assertThat(watch(new ScriptedCapture(MIXED), "--no-print")).isEqualTo(2);
        assertThat(test.err()).contains("--no-print is for --record");
        assertThat(watch(new ScriptedCapture(MIXED), "--force")).isEqualTo(2);
        assertThat(test.err()).contains("--force is for --record");
    }

    private List<byte[]> recorded() {
        List<byte[]> events = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(Path.of(file))) {
            int handed;
            do {
                handed = reader.poll(event -> events.add(RecordView.of(event).toByteArray()), 100);
            } while (handed > 0);
        }
        return events;
    }

    private int watch(ScriptedCapture capture, String... options) {
        return watch(test.console(), capture, options);
    }

    private int watch(Console console, ScriptedCapture capture, String... options) {
        List<String> args = new ArrayList<>(List.of("watch"));
        args.addAll(List.of(options));
        when(drivers.open(any())).thenReturn(capture);
        return UnracedCommand.commandLine(console, () -> drivers).execute(args.toArray(String[]::new));
    }
}
