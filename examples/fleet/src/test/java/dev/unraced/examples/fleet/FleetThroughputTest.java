// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.unraced.examples.fleet.FleetTopology.Settings;
import dev.unraced.kafka.Broker;
import dev.unraced.protocol.v1.Abi;
import dev.unraced.protocol.v1.Caller;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.EventType;
import dev.unraced.protocol.v1.File;
import dev.unraced.protocol.v1.Integrity;
import dev.unraced.protocol.v1.Mitigation;
import dev.unraced.protocol.v1.Open;
import dev.unraced.protocol.v1.Origin;
import dev.unraced.protocol.v1.Provenance;
import dev.unraced.protocol.v1.Syscall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how many events a second one broker takes, and one instance of the topology judges.
 * {@code -Dfleet.events=600000} sets the number of events.
 */
@Tag("slow")
@Timeout(600)
class FleetThroughputTest {
    private static final int EVENTS = Integer.getInteger("fleet.events", 60_000);
    private static final int HOSTS = 30;
    private static final int PROCESSES = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double NANOS_PER_SECOND = 1e9;

    @Test
    void oneInstanceJudgesEachEvent(@TempDir Path directory) throws Exception {
        Settings settings =
                new Settings("unraced-events", "unraced-findings", List.of("/srv/keys/"), 3, Duration.ofMinutes(5));
        try (Broker broker = Broker.with("unraced-events", Files.createDirectory(directory.resolve("broker")))) {
            broker.create("unraced-findings");
            long begun = System.nanoTime();
            long bytes = send(broker);
            double sending = (System.nanoTime() - begun) / NANOS_PER_SECOND;

            Properties properties = Fleet.properties(broker.address());
            properties.put(
                    StreamsConfig.STATE_DIR_CONFIG, directory.resolve("state").toString());
            properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
            double rate;
            try (KafkaStreams streams = new KafkaStreams(FleetTopology.of(settings), properties)) {
                streams.start();
                await().atMost(PATIENCE).until(() -> processed(streams) > 0);
                long started = System.nanoTime();
                double before = processed(streams);
                // Each event is read once from its topic, and its number once more behind the partition by host.
                await().atMost(PATIENCE).until(() -> processed(streams) >= 2.0 * EVENTS);
                rate = (processed(streams) - before) / 2 / ((System.nanoTime() - started) / NANOS_PER_SECOND);
                assertThat(FleetTest.findings(broker, HOSTS))
                        .filteredOn(finding -> finding.startsWith("CHANGED host-"))
                        .hasSize(HOSTS);
            }
            System.out.printf(
                    "%d events of %d bytes: the broker took %.0f a second, one instance judged %.0f a second%n",
                    EVENTS, bytes / EVENTS, EVENTS / sending, rate);
        }
    }

    private static double processed(KafkaStreams streams) {
        return streams.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("process-total")
                        && metric.metricName().group().equals("stream-thread-metrics"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
    }

    /** Sends the events of all hosts in turn; the last one of each host is a finding. Returns the bytes of all. */
    private static long send(Broker broker) throws InterruptedException, ExecutionException {
        long bytes = 0;
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.address(),
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.ACKS_CONFIG,
                        "all"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            Future<RecordMetadata> last = CompletableFuture.failedFuture(new IllegalStateException("no event"));
            for (int i = 0; i < EVENTS; i++) {
                int host = i % HOSTS;
                int sequence = i / HOSTS + 1;
                boolean changed = i >= EVENTS - HOSTS;
                int tgid = 1000 + sequence % PROCESSES;
                byte[] event = event("host-" + host, tgid, sequence, changed).toByteArray();
                bytes += event.length;
                last = producer.send(new ProducerRecord<>("unraced-events", "host-" + host + "/" + tgid, event));
            }
            producer.flush();
            last.get();
        }
        return bytes;
    }

    private static Event event(String host, int tgid, int sequence, boolean changed) {
        return Event.newBuilder()
                .setType(EventType.EVENT_TYPE_MERGED)
                .setSyscall(Syscall.SYSCALL_OPENAT)
                .setAbi(Abi.ABI_NATIVE)
                .setOrigin(Origin.ORIGIN_SYSCALL)
                .setMitigation(Mitigation.MITIGATION_STASH)
                .setEnterNanos(1_000_000_000_000L + sequence * 1000L)
                .setExitNanos(1_000_000_000_500L + sequence * 1000L)
                .setSequence(sequence)
                .setResult(3)
                .setHost(host)
                .setCaller(Caller.newBuilder()
                        .setTid(tgid)
                        .setTgid(tgid)
                        .setThreadStartNanos(999_000_000_000L)
                        .setParentTgid(1)
                        .setUid(1000)
                        .setGid(1000)
                        .setComm(ByteString.copyFromUtf8("worker"))
                        .setCgroupId(4242)
                        .setMountNamespace(0xF0000000))
                .setOpen(Open.newBuilder()
                        .setDirfd(-100)
                        .setPath(ByteString.copyFromUtf8(
                                "/usr/lib/x86_64-linux-gnu/libexample-" + sequence % 100 + ".so"))
                        .setPathProvenance(Provenance.PROVENANCE_ENTER)
                        .setPathIntegrity(changed ? Integrity.INTEGRITY_CHANGED : Integrity.INTEGRITY_MATCH)
                        .setFile(File.newBuilder()
                                .setPath(ByteString.copyFromUtf8(
                                        "/usr/lib/x86_64-linux-gnu/libexample-" + sequence % 100 + ".so"))
                                .setDeviceMajor(8)
                                .setDeviceMinor(1)
                                .setInode(1_234_567 + sequence)))
                .build();
    }
}
