// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples.fleet;

import dev.unraced.examples.fleet.FleetTopology.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Runs the topology against a cluster, until it is stopped: {@code Fleet BROKERS [SECRET...]}. Start it several times,
 * and the instances share the work.
 */
public final class Fleet {
    private Fleet() {}

    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.err.println("Usage: Fleet BROKERS [SECRET...]");
            System.exit(2);
        }
        List<String> secrets = arguments.length == 1
                ? List.of("/etc/shadow")
                : List.of(arguments).subList(1, arguments.length);
        Settings settings = new Settings("unraced-events", "unraced-findings", secrets, 3, Duration.ofMinutes(5));
        KafkaStreams streams = new KafkaStreams(FleetTopology.of(settings), properties(arguments[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10)), "stop"));
        streams.start();
    }

    static Properties properties(String brokers) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                "unraced-fleet",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                Serdes.StringSerde.class,
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                Serdes.ByteArraySerde.class,
                // Each event is judged once, and each finding told at once.
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2,
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                0,
                StreamsConfig.REPLICATION_FACTOR_CONFIG,
                -1));
        return properties;
    }
}
