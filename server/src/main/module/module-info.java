// SPDX-License-Identifier: Apache-2.0
/**
 * One capture for many subscribers, and the interface of sinks.
 *
 * @uses dev.unraced.server.sink.EventSink.Provider every sink on the module path or the class path
 */
module dev.unraced.server {
    requires com.sun.jna;
    requires transitive dev.unraced.api;
    requires transitive dev.unraced.protocol;
    requires dev.unraced.support;
    requires io.grpc.netty.shaded;
    requires io.grpc.services;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.unraced.server;
    exports dev.unraced.server.broadcast;
    exports dev.unraced.server.connection;
    exports dev.unraced.server.linux;
    exports dev.unraced.server.sink;

    uses dev.unraced.server.sink.EventSink.Provider;
}
