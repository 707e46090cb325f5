// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import dev.unraced.config.CaptureConfig;
import dev.unraced.server.sink.EventSink;

/** Registers the sink under the name {@value OtlpSink#NAME}. */
public final class OtlpSinkProvider implements EventSink.Provider {

    @Override
    public String name() {
        return OtlpSink.NAME;
    }

    @Override
    public boolean namesContainers() {
        return true;
    }

    @Override
    public EventSink open(CaptureConfig config) {
        return OtlpSink.open(config);
    }
}
