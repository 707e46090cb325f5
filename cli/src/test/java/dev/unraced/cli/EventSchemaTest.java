// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static dev.unraced.format.SampleEvents.begin;
import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.hex;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.unraced.cli.scripted.ScriptedCapture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.event.Syscall;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds lines of {@code --json} against the schema that {@code watch --json-schema} prints, by another's validator. */
class EventSchemaTest {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    private final TestConsole test = new TestConsole();

    @TempDir
    private Path directory;

    @Test
    void theSchemaIsOneOfItsDraft() {
        JsonSchema draft = FACTORY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(draft.validate(printed(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void itKnowsTheLinesOfOddCalls() {
        List<byte[]> records = List.of(
                record(open("/etc/hosts")),
                record(open(hex("2fff"))),
                record(failedOpen("/nowhere").comm(hex("fe"))),
                record(begin(Syscall.OPENAT2, -14)),
                record(begin(Syscall.CONNECT, -14)),
                record(connect("02")),
                record(connect("020000507f000001")),
                record(connect("020000507f0000010000000000000000")
                        .socket(2, 1, 6, hex("0200c3507f0000010000000000000000"), null)),
                record(connect("0a0000500000000000000000000000000000000000000001")
                        .socket(10, 2, 17, null, null)),
                record(connect("01002f72756e2f78")),
                record(connect("01000061ff")),
                record(connect("280000000000000000000000")));
        Drivers drivers = mock();
        when(drivers.open(any())).thenReturn(new ScriptedCapture(records));
        assertThat(UnracedCommand.commandLine(test.console(), () -> drivers)
                        .execute("watch", "--json", "--count", Integer.toString(records.size())))
                .as(test.err())
                .isZero();
        assertKnown(test.out(), records.size());
    }

    @Test
    void itKnowsTheLinesOfProcessesAndOfEntries() {
        assertThat(UnracedCommand.run(
                        test.console(),
                        "watch --driver sim --json --processes -o enter-events=true --count 120 --duration 60s"
                                .split(" ")))
                .as(test.err())
                .isZero();
        assertThat(test.out()).contains("\"type\":\"FORK\"", "\"type\":\"ENTER\"");
        assertKnown(test.out(), 120);
    }

    @Test
    void itKnowsASummary() {
        assertThat(UnracedCommand.run(
                        test.console(), "watch --driver sim --json --summary --count 20 --duration 60s".split(" ")))
                .as(test.err())
                .isZero();
        assertKnown(test.out(), 1);
    }

    @Test
    void itKnowsTheLinesOfARealKernel() throws IOException {
        RunnableDriver.need(
                Drivers.discover().all().get("ebpf"), CaptureConfig.builder().build());
        Path lines = directory.resolve("lines");
        String script =
                "exec 2>/dev/null; cat /etc/hostname /nowhere; ./nowhere; (exec true); exec cat /proc/self/status";
        assertThat(UnracedCommand.run(
                        test.console(),
                        "run",
                        "--json",
                        "--processes",
                        "-o",
                        "enter-events=true",
                        "--output",
                        lines.toString(),
                        "--",
                        "sh",
                        "-c",
                        script))
                .as(test.err())
                .isZero();
        String text = Files.readString(lines);
        assertThat(text).contains("\"type\":\"EXEC_FAILED\"", "\"type\":\"EXEC\"", "\"type\":\"EXIT\"");
        assertKnown(text, (int) text.lines().count());
    }

    @Test
    void anUnknownOrAMissingFieldOrAnotherTypeIsRefused() {
        Drivers drivers = mock();
        when(drivers.open(any())).thenReturn(new ScriptedCapture(List.of(record(open("/etc/hosts")))));
        UnracedCommand.commandLine(test.console(), () -> drivers).execute("watch", "--json", "--count", "1");
        JsonSchema schema = FACTORY.getSchema(printed());
        String line = test.out().strip();
        assertThat(schema.validate(line, InputFormat.JSON)).isEmpty();
        for (String broken : List.of(
                line.replaceFirst("\\{", "{\"more\":1,"),
                line.replace("\"syscall\":\"openat\",", ""),
                line.replace("\"path_integrity\":\"MATCH\"", "\"path_integrity\":\"PERHAPS\""),
                line.replace("\"tid\":4242", "\"tid\":null"),
                line.replace("\"dirfd\":-100", "\"fd\":-100"))) {
            assertThat(broken).isNotEqualTo(line);
            assertThat(schema.validate(broken, InputFormat.JSON)).as(broken).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--driver sim", "--count 1"})
    void itStandsAlone(String option) {
        List<String> words = new ArrayList<>(List.of("watch", "--json-schema"));
        words.addAll(List.of(option.split(" ")));
        assertThat(UnracedCommand.run(test.console(), words.toArray(String[]::new)))
                .isEqualTo(2);
        assertThat(test.out()).isEmpty();
        assertThat(test.err()).contains("--json-schema stands alone");
    }

    private static void assertKnown(String text, int count) {
        JsonSchema schema = FACTORY.getSchema(printed());
        List<String> refused = text.lines()
                .flatMap(
                        line -> schema.validate(line, InputFormat.JSON).stream().map(each -> each + " in " + line))
                .toList();
        assertThat(refused).isEmpty();
        assertThat(text.lines()).hasSize(count);
    }

    private static String printed() {
        TestConsole console = new TestConsole();
        assertThat(UnracedCommand.run(console.console(), "watch", "--json-schema"))
                .as(console.err())
                .isZero();
        assertThat(Stream.of(console.err())).containsExactly("");
        return console.out();
    }
}
