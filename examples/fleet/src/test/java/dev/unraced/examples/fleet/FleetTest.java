// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.examples.fleet.FleetTopology.Settings;
import dev.unraced.kafka.Broker;
import dev.unraced.kafka.KafkaSinkProvider;
import dev.unraced.server.Captures;
import dev.unraced.server.Limits;
import dev.unraced.server.broadcast.SinkReader;
import dev.unraced.server.sink.EventSink;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimThread;
import dev.unraced.sim.kernel.CallStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the topology over a real broker, with the real sinks of three simulated hosts. */
@Timeout(300)
class FleetTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Settings SETTINGS =
            new Settings("unraced-events", "unraced-findings", List.of("/srv/keys/"), 3, Duration.ofMinutes(5));

    /** A host: its kernel, the server's capture, and the sink that sends its events. */
    private static final class Host implements AutoCloseable {
        private final SimKernel kernel = SimKernel.create();
        private final SimThread thread = kernel.process("work").thread();
        private final Captures captures = new Captures(
                kernel.driver(),
                () -> CaptureConfig.builder().driver("sim").ringBytes(8 << 20),
                false,
                new Limits(8, 0, 8, 8 << 20),
                true);
        private final EventSink sink;
        private final SinkReader reader;

        /** Starts a host, which forgets the event of this number; 0 for none. */
        Host(String name, Broker broker, long forgotten) {
            this.sink = new KafkaSinkProvider()
                    .open(CaptureConfig.builder()
                            .set("kafka.bootstrap", broker.address())
                            .set("kafka.host", name)
                            .build());
            EventHandler sending = event -> {
                if (event.sequence() != forgotten) {
                    sink.onEvent(event);
                }
            };
            this.reader = captures.shared().orElseThrow().addReader("sink", sending);
        }

        void open(String path, int times) {
            for (int i = 0; i < times; i++) {
                thread.openat(path).finish();
            }
        }

        void attack() {
            SimBuffer path = kernel.process("evil").buffer("/tmp/harmless");
            SimCall open = path.process().thread().openat(path).until(CallStep.COPY_PATH);
            path.write("/etc/passwd");
            open.finish();
        }

        @Override
        public void close() {
            reader.close();
            sink.close();
            captures.close();
        }
    }

    @Test
    void changedArgumentsLossesAndSecretsThatAreOpenedEverywhereAreFound(@TempDir Path directory) throws Exception {
        try (Broker broker = Broker.with("unraced-events", Files.createDirectory(directory.resolve("broker")))) {
            broker.create("unraced-findings");
            Properties properties = Fleet.properties(broker.address());
            properties.put(
                    StreamsConfig.STATE_DIR_CONFIG, directory.resolve("state").toString());
            try (KafkaStreams streams = new KafkaStreams(FleetTopology.of(SETTINGS), properties);
                    Host alpha = new Host("alpha", broker, 0);
                    Host beta = new Host("beta", broker, 3);
                    Host gamma = new Host("gamma", broker, 0)) {
                streams.start();
                for (Host host : List.of(alpha, beta, gamma)) {
                    host.kernel.files().file("/srv/keys/private");
                    host.open("/etc/passwd", 10);
                }
                alpha.attack();
                for (Host host : List.of(alpha, beta, gamma)) {
                    host.open("/srv/keys/private", 2);
                }
                beta.open("/etc/passwd", Outstanding.PATIENCE + 100);
                List<String> findings = findings(broker, 3);
                assertThat(findings)
                        .satisfiesExactlyInAnyOrder(
                                finding -> assertThat(finding)
                                        .startsWith("CHANGED alpha process ")
                                        .endsWith("(evil): /tmp/harmless"),
                                finding -> assertThat(finding).isEqualTo("LOST beta 1 events"),
                                finding -> assertThat(finding)
                                        .isEqualTo("SPREAD /srv/keys/private opened on alpha, beta, gamma"));
            }
        }
    }

    static List<String> findings(Broker broker, int wanted) {
        List<String> findings = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.address(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class))) {
            List<TopicPartition> partitions = consumer.partitionsFor(SETTINGS.findings()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> findings.add(record.value()));
                return findings.size() >= wanted;
            });
            consumer.poll(Duration.ofSeconds(1)).forEach(record -> findings.add(record.value()));
        }
        return findings;
    }
}
