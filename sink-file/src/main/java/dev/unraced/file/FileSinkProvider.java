// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import dev.unraced.config.CaptureConfig;
import dev.unraced.server.sink.EventSink;

/** Registers the sink under the name {@value FileSink#NAME}. */
public final class FileSinkProvider implements EventSink.Provider {

    @Override
    public String name() {
        return FileSink.NAME;
    }

    @Override
    public boolean namesContainers() {
        return true;
    }

    @Override
    public EventSink open(CaptureConfig config) {
        return FileSink.open(config);
    }
}
