// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kafka;

import static dev.unraced.server.sink.SinkSettings.within;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.format.HostName;
import dev.unraced.process.ProcessTable;
import dev.unraced.protocol.EventCodec;
import dev.unraced.protocol.v1.Event;
import dev.unraced.server.sink.EventSink;
import dev.unraced.server.sink.SinkProcesses;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each event as an {@code unraced.v1.Event} to a topic. The key is host and thread group, so the events of a
 * process stay in their order. The producer is idempotent: a retry makes no event twice.
 *
 * <p>Every incoming event is acknowledged, lost and counted, or on its way. When brokers are away or slow, the memory
 * for events on their way fills, and after a moment each further one counts as lost.
 */
final class KafkaSink implements EventSink {
    static final String NAME = "kafka";

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);
    private static final String SECTION = "unraced.kafka.";
    /** The longest time that a full memory, or an unreachable cluster, may delay one event. */
    private static final int HOLD_UP_MILLIS = 5;

    /** The longest wait at the start for a cluster that knows the topic. */
    private static final long START_NANOS = 5_000_000_000L;

    private static final int LINGER_MILLIS = 5;
    private static final int BATCH_BYTES = 128 << 10;
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final KafkaProducer<byte[], byte[]> producer;
    private final @Nullable ProcessTable table;
    private final String topic;
    private final String host;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile String lastFailure = "";

    private KafkaSink(Properties properties, String topic, String host, @Nullable ProcessTable table) {
        this.table = table;
        this.producer = new KafkaProducer<>(properties);
        this.topic = topic;
        this.host = host;
    }

    static KafkaSink open(CaptureConfig config) {
        ConfigSection own = config.section(NAME);
        List<String> problems = new ArrayList<>();
        long timeout = within(own.number("timeout-ms"), SECTION + "timeout-ms", 1_000, 3_600_000, problems);
        long memory = within(own.number("memory-mib"), SECTION + "memory-mib", 1, 1024, problems);
        Properties properties = further(own, problems);
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        long request = Math.min(timeout - LINGER_MILLIS - 1, 10_000);
        properties.putAll(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                own.string("bootstrap"),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) timeout,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) request,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                HOLD_UP_MILLIS,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                memory << 20));
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "unraced");
        try {
            KafkaSink sink = new KafkaSink(
                    properties, own.string("topic"), host(own.string("host")), SinkProcesses.tableOfIds(config));
            sink.awaitTopicOrClose();
            return sink;
        } catch (KafkaException e) {
            throw new CaptureException(
                    "sink kafka: " + e.getMessage()
                            + (e.getCause() == null ? "" : ": " + e.getCause().getMessage())
                            + ". Correct the settings in " + SECTION + "*.",
                    e);
        }
    }

    private void awaitTopicOrClose() {
        try {
            awaitTopic();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Waits for the topic: the first events would be lost to the producer's first search for the brokers. */
    private void awaitTopic() {
        long begin = System.nanoTime();
        boolean isKnown = false;
        while (!isKnown && System.nanoTime() - begin < START_NANOS) {
            try {
                isKnown = !producer.partitionsFor(topic).isEmpty();
            } catch (TimeoutException e) {
                LOG.trace("Topic {} is not known yet", topic, e);
            }
        }
        if (!isKnown) {
            LOG.warn("No broker knows topic {} yet; events are lost, and counted, until one does", topic);
        }
    }

    private static Properties further(ConfigSection own, List<String> problems) {
        Properties properties = new Properties();
        Optional<Path> file = own.path("properties", problems);
        if (file.isPresent()) {
            try (Reader reader = Files.newBufferedReader(file.get(), StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException e) {
                problems.add(SECTION + "properties: " + file.get() + " cannot be read");
            } catch (IllegalArgumentException e) {
                problems.add(SECTION + "properties: " + file.get() + " is no file of properties: " + e.getMessage());
            }
        }
        return properties;
    }

    private static String host(String configured) {
        return configured.isEmpty() ? HostName.ofThisMachine() : configured;
    }

    @Override
    public void onEvent(EventView event) {
        Event.Builder message = EventCodec.encode(event);
        send(event.tgid(), table == null ? message : EventCodec.describe(message, event, table));
    }

    /** Sends each process event, those of processes that were there before among them. */
    @Override
    public void onProcess(ProcessView event) {
        if (table != null) {
            table.update(event);
            send(event.tgid(), EventCodec.encode(event));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets the same result as the future
    private void send(int tgid, Event.Builder message) {
        taken.incrementAndGet();
        byte[] key = (host + "/" + tgid).getBytes(StandardCharsets.UTF_8);
        byte[] value = message.setHost(host).build().toByteArray();
        try {
            producer.send(new ProducerRecord<>(topic, key, value), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.incrementAndGet();
                } else {
                    fail(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            // The producer could not even store this event, and has not called the callback.
            fail(e);
        }
    }

    private void fail(Exception failure) {
        lost.incrementAndGet();
        String why = failure.getClass().getSimpleName();
        if (!why.equals(lastFailure)) {
            lastFailure = why;
            LOG.warn("Kafka does not take events: {}: {}", why, failure.getMessage());
        }
    }

    /** Returns the number of incoming events. */
    long taken() {
        return taken.get();
    }

    /** Returns the number of events that the brokers have. */
    long acknowledged() {
        return acknowledged.get();
    }

    /** Returns the number of events that the brokers do not have, and will not get. */
    @Override
    public long lost() {
        return lost.get();
    }

    @Override
    public @Nullable ProcessTable processes() {
        return table;
    }

    @Override
    public String describe() {
        return taken() + " taken, " + acknowledged() + " acknowledged, " + lost() + " lost"
                + (lastFailure.isEmpty() ? "" : " (last: " + lastFailure + ")");
    }

    @Override
    public void close() {
        producer.close(FAREWELL);
    }
}
