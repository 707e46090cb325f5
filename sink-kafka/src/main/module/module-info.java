// SPDX-License-Identifier: Apache-2.0
/**
 * Events of a server to Kafka.
 *
 * @provides dev.unraced.server.sink.EventSink.Provider the sink {@code kafka}
 */
module dev.unraced.kafka {
    requires dev.unraced.api;
    requires dev.unraced.format;
    requires dev.unraced.protocol;
    requires dev.unraced.server;
    // Kafka's client names no module, so this is what the name of its file stands for.
    requires kafka.clients;
    requires static org.jspecify;
    requires org.slf4j;

    provides dev.unraced.server.sink.EventSink.Provider with
            dev.unraced.kafka.KafkaSinkProvider;
}
