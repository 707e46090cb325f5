// SPDX-License-Identifier: Apache-2.0
/**
 * Events of a server as lines of a file.
 *
 * @provides dev.unraced.server.sink.EventSink.Provider the sink {@code file}
 */
module dev.unraced.file {
    requires dev.unraced.api;
    requires dev.unraced.format;
    requires dev.unraced.server;
    requires static org.jspecify;
    requires org.slf4j;

    provides dev.unraced.server.sink.EventSink.Provider with
            dev.unraced.file.FileSinkProvider;
}
