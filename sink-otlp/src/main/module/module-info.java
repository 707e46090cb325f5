// SPDX-License-Identifier: Apache-2.0
/**
 * Events of a server as log records of OpenTelemetry.
 *
 * @provides dev.unraced.server.sink.EventSink.Provider the sink {@code otlp}
 */
module dev.unraced.otlp {
    requires dev.unraced.api;
    requires dev.unraced.format;
    requires dev.unraced.server;
    // OpenTelemetry's jars have automatic names.
    requires io.opentelemetry.api;
    requires io.opentelemetry.common;
    requires io.opentelemetry.context;
    requires io.opentelemetry.exporter.otlp;
    requires io.opentelemetry.sdk.common;
    requires io.opentelemetry.sdk.logs;
    requires static org.jspecify;
    requires org.slf4j;

    provides dev.unraced.server.sink.EventSink.Provider with
            dev.unraced.otlp.OtlpSinkProvider;
}
