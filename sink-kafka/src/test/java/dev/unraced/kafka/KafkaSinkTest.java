// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.protocol.v1.Event;
import dev.unraced.server.Captures;
import dev.unraced.server.Limits;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.broadcast.SinkReader;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the events of a server at a real broker, and their fate when the broker dies. */
@Timeout(300)
class KafkaSinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void eventsArriveOnceAndABrokersDeathEndsInCounters(@TempDir Path directory)
            throws IOException, InterruptedException, ExecutionException {
        SimKernel kernel = SimKernel.create();
        SimThread caller = kernel.process("caller").thread();
        try (Broker broker = Broker.with("unraced-events", directory);
                Captures captures = new Captures(
                        kernel.driver(),
                        () -> CaptureConfig.builder().driver("sim").ringBytes(1 << 20),
                        false,
                        new Limits(8, 0, 8, 1 << 20),
                        true);
                KafkaSink sink = KafkaSink.open(CaptureConfig.builder()
                        .set("kafka.bootstrap", broker.address())
                        .set("kafka.host", "here")
                        .set("kafka.timeout-ms", 3000)
                        .set("kafka.memory-mib", 1)
                        .build())) {
            Broadcaster broadcaster = captures.shared().orElseThrow();
            try (SinkReader reader = broadcaster.addReader("sink", sink)) {
                open(caller, 0, 500);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 500 && settled(sink));
                long first = sink.acknowledged();
                broker.kill();
                open(caller, 500, 2_000);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 2_500 && settled(sink));
                assertThat(sink.lost()).as("nobody acknowledged them").isEqualTo(sink.taken() - first);
                assertThat(broadcaster.capture().stats().totalLost())
                        .as("the capture never waited for the sink")
                        .isZero();
                broker.start();
                open(caller, 2_500, 100);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 2_600 && settled(sink));
                open(caller, 2_600, 100);
                await().atMost(PATIENCE).until(() -> reader.taken() + reader.missed() == 2_700 && settled(sink));
                assertThat(sink.acknowledged()).as(sink.describe()).isGreaterThan(first);
                assertArrived(broker, sink.acknowledged());
            }
        }
    }

    private static boolean settled(KafkaSink sink) {
        return sink.acknowledged() + sink.lost() == sink.taken();
    }

    private static void open(SimThread caller, int from, int calls) {
        for (int i = from; i < from + calls; i++) {
            caller.openat("/missing/" + i).finish();
        }
    }

    private static void assertArrived(Broker broker, long acknowledged) throws InvalidProtocolBufferException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class))) {
            List<TopicPartition> partitions = consumer.partitionsFor("unraced-events").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long wanted = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= wanted;
            });
        }
        List<String> paths = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        long last = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Event event = Event.parseFrom(record.value());
            assertThat(event.getHost()).isEqualTo("here");
            assertThat(event.getSequence()).as("one process, one order").isGreaterThan(last);
            last = event.getSequence();
            paths.add(event.getOpen().getPath().toStringUtf8());
            keys.add(new String(record.key(), StandardCharsets.UTF_8));
        }
        assertThat(paths).doesNotHaveDuplicates().allMatch(path -> path.startsWith("/missing/"));
        assertThat(keys.stream().distinct())
                .as("host and thread group")
                .hasSize(1)
                .allMatch(key -> key.matches("here/\\d+"));
        // A batch whose answer died with the broker may have been stored, but the sink cannot know, and counts it as
        // lost.
        assertThat((long) paths.size()).isGreaterThanOrEqualTo(acknowledged);
    }

    @Test
    void aTopicThatTheClusterRefusesLeavesNoProducer(@TempDir Path directory) throws Exception {
        try (Broker broker = Broker.with("unraced-events", directory)) {
            CaptureConfig config = CaptureConfig.builder()
                    .set("kafka.bootstrap", broker.address())
                    .set("kafka.topic", "no topic")
                    .build();
            assertThatThrownBy(() -> KafkaSink.open(config))
                    .isInstanceOf(CaptureException.class)
                    .hasMessageContaining("no topic")
                    .hasMessageContaining("Correct the settings in unraced.kafka.*.");
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("kafka-producer-network-thread"));
        }
    }

    @Test
    void wrongSettingsAreNamed() {
        CaptureConfig config = CaptureConfig.builder()
                .set("kafka.timeout-ms", 5)
                .set("kafka.properties", "/nowhere")
                .build();
        assertThatThrownBy(() -> KafkaSink.open(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("unraced.kafka.timeout-ms = 5")
                .hasMessageContaining("/nowhere cannot be read");
    }

    @Test
    void aFileThatHoldsNoPropertiesIsNamed(@TempDir Path directory) throws IOException {
        Path torn = Files.writeString(directory.resolve("torn"), "linger.ms=\\u12\n");
        refuses(torn.toString(), "unraced.kafka.properties: " + torn + " is no file of properties");
        refuses("/no\0where", "unraced.kafka.properties = \"/no\\u0000where\" (builder) is no path");
    }

    private static void refuses(String properties, String message) {
        CaptureConfig config =
                CaptureConfig.builder().set("kafka.properties", properties).build();
        assertThatThrownBy(() -> KafkaSink.open(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(message);
    }
}
