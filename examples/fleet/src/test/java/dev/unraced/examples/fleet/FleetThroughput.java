// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import com.google.protobuf.ByteString;
import dev.unraced.examples.fleet.FleetTopology.Settings;
import dev.unraced.kafka.Broker;
import dev.unraced.protocol.v1.Caller;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.File;
import dev.unraced.protocol.v1.Integrity;
import dev.unraced.protocol.v1.Open;
import dev.unraced.protocol.v1.Provenance;
import dev.unraced.protocol.v1.Syscall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how many events a second one broker takes from one producer, and one instance of the topology judges. It runs
 * only when it is named: {@code mvn -pl examples/fleet -am test -Dtest=FleetThroughput
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class FleetThroughput {
    private static final int HOSTS = 100;
    private static final int PROCESSES = 20;

    @Test
    void measure(@TempDir Path directory) throws Exception {
        int events = Integer.getInteger("fleet.events", 1_000_000);
        try (Broker broker = Broker.with("unraced-events", Files.createDirectory(directory.resolve("broker")))) {
            broker.create("unraced-findings");
            long begin = System.nanoTime();
            long bytes = produce(broker, events);
            double produced = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "produced %,d events of %,d bytes each in %.1f s: %,.0f a second%n",
                    events, bytes / events, produced, events / produced);
            Properties properties = Fleet.properties(broker.address());
            properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve("state").toString());
            properties.put("auto.offset.reset", "earliest");
            Settings settings = new Settings(
                    "unraced-events", "unraced-findings", List.of("/etc/shadow"), 3, Duration.ofMinutes(5));
            try (KafkaStreams streams = new KafkaStreams(FleetTopology.of(settings), properties)) {
                begin = System.nanoTime();
                streams.start();
                while (judged(streams) < events) {
                    Thread.sleep(100);
                }
                double took = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        "judged %,d events in %.1f s, its start included: %,.0f a second%n",
                        events, took, events / took);
            }
        }
    }

    private static long produce(Broker broker, int events) {
        long bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.address(),
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 << 10,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class))) {
            for (int i = 0; i < events; i++) {
                int host = i % HOSTS;
                int process = i / HOSTS % PROCESSES;
                byte[] value = event(host, process, i / HOSTS + 1);
                bytes += value.length;
                producer.send(new ProducerRecord<>(
                        "unraced-events", ("host" + host + "/" + process).getBytes(StandardCharsets.UTF_8), value));
            }
        }
        return bytes;
    }

    private static byte[] event(int host, int process, long sequence) {
        ByteString path = ByteString.copyFromUtf8("/usr/share/zoneinfo/Europe/Vienna");
        return Event.newBuilder()
                .setSyscall(Syscall.SYSCALL_OPENAT)
                .setSequence(sequence)
                .setEnterNanos(1_000_000_000_000L + sequence)
                .setExitNanos(1_000_000_002_000L + sequence)
                .setResult(3)
                .setHost("host" + host)
                .setCaller(Caller.newBuilder()
                        .setTid(process)
                        .setTgid(process)
                        .setThreadStartNanos(1_000_000)
                        .setUid(1000)
                        .setGid(1000)
                        .setCgroupId(4_711)
                        .setComm(ByteString.copyFromUtf8("worker")))
                .setOpen(Open.newBuilder()
                        .setDirfd(-100)
                        .setPath(path)
                        .setPathProvenance(Provenance.PROVENANCE_ENTER)
                        .setPathIntegrity(Integrity.INTEGRITY_MATCH)
                        .setFile(File.newBuilder().setPath(path).setInode(12_345)))
                .build()
                .toByteArray();
    }

    /** Returns how many events the part behind the regrouping by host has judged. */
    private static long judged(KafkaStreams streams) {
        return (long) streams.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("process-total")
                        && metric.metricName().group().equals("stream-processor-node-metrics")
                        && metric.metricName().tags().get("processor-node-id").startsWith("KSTREAM-AGGREGATE-0"))
                .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
                .max()
                .orElse(0);
    }
}
