// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.otlp.OtlpSink.Counts;
import dev.unraced.server.Captures;
import dev.unraced.server.Limits;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.broadcast.SinkReader;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.SimThread;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the events of a server at a receiver that speaks OTLP, and their fate when it refuses or is away. */
@Timeout(120)
class OtlpSinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimKernel kernel = SimKernel.create();
    private final SimThread caller = kernel.process("caller").thread();

    @Test
    void eventsArriveOnceWithTheirAttributes(@TempDir Path directory) throws IOException {
        Path headers = Files.writeString(directory.resolve("headers"), "# whose=mine\n\ntoken = secret=1\n");
        try (Receiver receiver = Receiver.at(0);
                Captures captures = captures();
                OtlpSink sink = OtlpSink.open(settings(receiver)
                        .set("otlp.headers", headers.toString())
                        .build())) {
            Broadcaster broadcaster = captures.shared().orElseThrow();
            try (SinkReader reader = broadcaster.addReader("sink", sink)) {
                open("/missing/", 0, 1_000);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 1_000 && settled(sink));
            }
            assertThat(sink.counts().lost()).as(sink.describe()).isZero();
            List<LogRecord> records = receiver.records();
            assertThat(records).hasSize((int) sink.counts().acknowledged());
            assertThat(records.stream().map(record -> text(record, "file.path")))
                    .doesNotHaveDuplicates()
                    .allMatch(path -> path.startsWith("/missing/"));
            LogRecord first = records.get(0);
            assertThat(first.getEventName()).isEqualTo("unraced.openat");
            assertThat(first.getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_INFO);
            assertThat(first.getTimeUnixNano()).isPositive();
            assertThat(first.getBody().getStringValue()).startsWith("{").endsWith("}");
            assertThat(text(first, "error.type")).isEqualTo("ENOENT");
            assertThat(text(first, "thread.name")).isEqualTo("caller");
            assertThat(text(first, "unraced.integrity")).isEqualTo("UNCHECKED");
            assertThat(receiver.tokens()).containsOnly("secret=1");
            assertThat(receiver.resources())
                    .allSatisfy(resource -> assertThat(attributes(resource))
                            .containsEntry("host.name", "here")
                            .containsEntry("service.name", "unraced"));
        }
    }

    @Test
    void aReceiverThatIsAwayEndsInCountersAndIsUsedAgain() throws IOException {
        Receiver receiver = Receiver.at(0);
        int port = receiver.port();
        try (Captures captures = captures();
                OtlpSink sink = OtlpSink.open(settings(receiver)
                        .set("otlp.timeout-ms", 1_000)
                        .set("otlp.batch", 50)
                        .build())) {
            Broadcaster broadcaster = captures.shared().orElseThrow();
            try (SinkReader reader = broadcaster.addReader("sink", sink)) {
                open("/first/", 0, 200);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 200 && settled(sink));
                long before = sink.counts().acknowledged();
                receiver.answer(400);
                open("/refused/", 0, 200);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 400 && settled(sink));
                assertThat(sink.counts().acknowledged()).isEqualTo(before);
                receiver.close();
                open("/away/", 0, 200);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 600 && settled(sink));
                assertThat(sink.counts().acknowledged()).isEqualTo(before);
                assertThat(sink.describe()).contains("(last: ConnectException)");
                try (Receiver again = Receiver.at(port)) {
                    open("/again/", 0, 200);
                    await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 800 && settled(sink));
                    assertThat(sink.counts().acknowledged()).isGreaterThan(before);
                    assertThat(again.records()).isNotEmpty();
                }
                assertThat(broadcaster.capture().stats().totalLost())
                        .as("the capture never waited for the sink")
                        .isZero();
            }
        }
    }

    @Test
    void aRequestThatIsNotAnsweredAtTheEndIsLost() {
        CompletableResultCode answer = new CompletableResultCode();
        OtlpSink sink = new OtlpSink(answering(answer), new EventRecords("here", null), 10);
        try (Capture capture = kernel.capture()) {
            open("/held/", 0, 3);
            assertThat(capture.poll(sink, 3)).isEqualTo(3);
        }
        sink.close();
        assertThat(sink.counts()).isEqualTo(new Counts(3, 0, 3));

        answer.succeed();
        assertThat(sink.counts()).as("a late answer").isEqualTo(new Counts(3, 0, 3));
    }

    private static LogRecordExporter answering(CompletableResultCode answer) {
        return new LogRecordExporter() {
            @Override
            public CompletableResultCode export(Collection<LogRecordData> records) {
                return answer;
            }

            @Override
            public CompletableResultCode flush() {
                return CompletableResultCode.ofSuccess();
            }

            @Override
            public CompletableResultCode shutdown() {
                return CompletableResultCode.ofSuccess();
            }
        };
    }

    @Test
    void wrongSettingsAreToldAtOnceAndWithoutSecrets(@TempDir Path directory) throws IOException {
        Path headers = Files.writeString(directory.resolve("headers"), "secret\n");
        CaptureConfig config = CaptureConfig.builder()
                .set("otlp.endpoint", "localhost:4318")
                .set("otlp.timeout-ms", 5)
                .set("otlp.batch", 0)
                .set("otlp.headers", headers.toString())
                .set("otlp.key", "/nowhere")
                .set("otlp.authorities", "/no\0where")
                .build();
        assertThatThrownBy(() -> OtlpSink.open(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.otlp.endpoint = localhost:4318")
                .hasMessageContaining("unraced.otlp.timeout-ms = 5")
                .hasMessageContaining("unraced.otlp.batch = 0")
                .hasMessageContaining("line 1 of")
                .hasMessageContaining("/nowhere cannot be read")
                .hasMessageContaining("unraced.otlp.authorities = \"/no\\u0000where\" (builder) is no path")
                .hasMessageContaining("belong together")
                .hasMessageNotContaining("secret");
    }

    @Test
    void programsAreRecordsAndBehindTheirCalls() throws IOException {
        kernel.files().file("/usr/bin/curl");
        SimProcess process = kernel.process("sh");
        try (Receiver receiver = Receiver.at(0);
                Captures captures = new Captures(
                        kernel.driver(),
                        () -> CaptureConfig.builder().driver("sim").processEvents(true),
                        false,
                        new Limits(8, 0, 8, 1 << 20),
                        true);
                OtlpSink sink =
                        OtlpSink.open(settings(receiver).processEvents(true).build())) {
            Broadcaster broadcaster = captures.shared().orElseThrow();
            try (SinkReader reader = broadcaster.addReader("sink", sink)) {
                process.execute("/usr/bin/curl", "curl", "-s");
                process.thread().openat("/missing/1").finish();
                await().atMost(PATIENCE).until(() -> sink.counts().acknowledged() == 2);
                assertThat(reader.failed()).isZero();
            }
            assertThat(receiver.records())
                    .extracting(LogRecord::getEventName)
                    .containsExactly("unraced.exec", "unraced.openat");
            assertThat(receiver.records())
                    .extracting(record -> text(record, "process.executable.path"))
                    .containsOnly("/usr/bin/curl");
        }
    }

    private Captures captures() {
        return new Captures(
                kernel.driver(),
                () -> CaptureConfig.builder().driver("sim").ringBytes(1 << 20),
                false,
                new Limits(8, 0, 8, 1 << 20),
                true);
    }

    private static CaptureConfigBuilder settings(Receiver receiver) {
        return CaptureConfig.builder().set("otlp.endpoint", receiver.endpoint()).set("otlp.host", "here");
    }

    private void open(String prefix, int from, int calls) {
        for (int i = from; i < from + calls; i++) {
            caller.openat(prefix + i).finish();
        }
    }

    private static boolean settled(OtlpSink sink) {
        Counts counts = sink.counts();
        return counts.acknowledged() + counts.lost() == counts.taken();
    }

    private static String text(LogRecord record, String name) {
        return attributes(record.getAttributesList()).getOrDefault(name, "");
    }

    private static Map<String, String> attributes(Resource resource) {
        return attributes(resource.getAttributesList());
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        return list.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }
}
