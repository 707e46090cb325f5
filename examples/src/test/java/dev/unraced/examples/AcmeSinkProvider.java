// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.config.CaptureConfig;
import dev.unraced.server.sink.EventSink;

/** Registers a sink of one's own, as the guide to servers shows it. */
public final class AcmeSinkProvider implements EventSink.Provider {
    @Override
    public String name() {
        return "acme";
    }

    @Override
    public EventSink open(CaptureConfig config) {
        return AcmeSink.open(config.section("acme"));
    }
}
