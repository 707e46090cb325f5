// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kafka;

import dev.unraced.config.CaptureConfig;
import dev.unraced.server.sink.EventSink;

/** Registers the sink under the name {@value KafkaSink#NAME}. */
public final class KafkaSinkProvider implements EventSink.Provider {

    @Override
    public String name() {
        return KafkaSink.NAME;
    }

    @Override
    public EventSink open(CaptureConfig config) {
        return KafkaSink.open(config);
    }
}
