// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.protocol.v1.Connect;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.Integrity;
import dev.unraced.protocol.v1.Open;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This topology judges a fleet. Its input is the topic of {@code unraced serve --sink kafka}, its output a topic of
 * findings, one line of text each, with the host or the file as the key:
 *
 * <ul>
 *   <li>{@code CHANGED}: somebody changed an argument while the kernel read it. That is an attack, or a bug.
 *   <li>{@code LOST}: a host has lost events, or Kafka has. The numbers of a host's events have no gap otherwise.
 *   <li>{@code SPREAD}: several hosts opened the same secret within a window of time.
 * </ul>
 */
final class FleetTopology {
    private static final Logger LOG = LoggerFactory.getLogger(FleetTopology.class);
    private static final Serde<String> TEXT = Serdes.String();
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();
    private static final String BETWEEN = "\n";

    private FleetTopology() {}

    /**
     * These settings say what to look for, and where.
     *
     * @param events the topic of events
     * @param findings the topic of findings
     * @param secrets the paths, or their beginnings, that count as secrets
     * @param hosts how many hosts that open one secret are a finding
     * @param window within which time
     */
    record Settings(String events, String findings, List<String> secrets, int hosts, Duration window) {}

    static Topology of(Settings settings) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, Event> events =
                builder.stream(settings.events(), Consumed.with(TEXT, BYTES)).flatMapValues(FleetTopology::parse);
        KStream<String, String> findings = changed(events).merge(lost(events)).merge(spread(events, settings));
        findings.to(settings.findings(), Produced.with(TEXT, TEXT));
        return builder.build();
    }

    private static List<Event> parse(byte[] bytes) {
        try {
            return List.of(Event.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("A message is no event, and is passed over", e);
            return List.of();
        }
    }

    private static KStream<String, String> changed(KStream<String, Event> events) {
        return events.filter((key, event) -> isChanged(event))
                .map((key, event) -> KeyValue.pair(
                        event.getHost(),
                        "CHANGED " + event.getHost() + " process "
                                + event.getCaller().getTgid() + " ("
                                + event.getCaller().getComm().toStringUtf8() + "): " + subject(event)));
    }

    private static boolean isChanged(Event event) {
        Open open = event.getOpen();
        Connect connect = event.getConnect();
        return open.getPathIntegrity() == Integrity.INTEGRITY_CHANGED
                || open.getHowIntegrity() == Integrity.INTEGRITY_CHANGED
                || connect.getAddressIntegrity() == Integrity.INTEGRITY_CHANGED
                || connect.getBlock().getIntegrity() == Integrity.INTEGRITY_CHANGED;
    }

    private static String subject(Event event) {
        return event.hasOpen() ? event.getOpen().getPath().toStringUtf8() : "an address";
    }

    /**
     * Compares the numbers of each host's events with those that came. Events of one process stay in order in Kafka,
     * those of one host do not: its processes are in different partitions. So the numbers are gathered in a table of
     * what is outstanding, and a gap is a loss when it is still there {@value Outstanding#PATIENCE} numbers later.
     */
    private static KStream<String, String> lost(KStream<String, Event> events) {
        return events.map((key, event) ->
                        KeyValue.pair(event.getHost() + BETWEEN + event.getSource(), event.getSequence()))
                .groupByKey(Grouped.with(TEXT, Serdes.Long()))
                .aggregate(
                        () -> "",
                        (key, number, table) ->
                                Outstanding.of(table).with(number).toText(),
                        Materialized.<String, String>as(Stores.inMemoryKeyValueStore("outstanding"))
                                .withKeySerde(TEXT)
                                .withValueSerde(TEXT))
                .toStream()
                .flatMapValues((key, table) -> {
                    long lost = Outstanding.of(table).justLost();
                    String host = key.substring(0, key.indexOf(BETWEEN));
                    return lost == 0 ? List.<String>of() : List.of("LOST " + host + " " + lost + " events");
                })
                .selectKey((key, finding) -> key.substring(0, key.indexOf(BETWEEN)));
    }

    private static KStream<String, String> spread(KStream<String, Event> events, Settings settings) {
        return events.filter((key, event) -> isSecret(event, settings.secrets()))
                .map((key, event) -> KeyValue.pair(opened(event), event.getHost()))
                .groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(settings.window()))
                .aggregate(
                        () -> "",
                        (path, host, hosts) -> with(hosts, host),
                        Materialized.<String, String>as(Stores.inMemoryWindowStore(
                                        "hosts", settings.window().multipliedBy(2), settings.window(), false))
                                .withKeySerde(TEXT)
                                .withValueSerde(TEXT))
                .toStream()
                .filter((path, hosts) -> hosts.endsWith(BETWEEN) && count(hosts) == settings.hosts())
                .map((path, hosts) -> KeyValue.pair(
                        path.key(),
                        "SPREAD " + path.key() + " opened on " + hosts.strip().replace(BETWEEN, ", ")));
    }

    /**
     * Returns whether the call opened a secret, by the path of the file that was opened, or else by the path asked for.
     */
    private static boolean isSecret(Event event, List<String> secrets) {
        return event.hasOpen() && event.getResult() >= 0 && secrets.stream().anyMatch(opened(event)::startsWith);
    }

    private static String opened(Event event) {
        Open open = event.getOpen();
        return open.hasFile() && !open.getFile().getPath().isEmpty()
                ? open.getFile().getPath().toStringUtf8()
                : open.getPath().toStringUtf8();
    }

    /** Adds a host to a set. The set ends with a line feed when this host is new in it, so that it is told once. */
    private static String with(String hosts, String host) {
        TreeSet<String> all = new TreeSet<>(
                hosts.isBlank() ? List.of() : List.of(hosts.strip().split(BETWEEN, -1)));
        boolean isNew = all.add(host);
        return String.join(BETWEEN, all) + (isNew ? BETWEEN : "");
    }

    private static int count(String hosts) {
        return hosts.strip().split(BETWEEN, -1).length;
    }
}
