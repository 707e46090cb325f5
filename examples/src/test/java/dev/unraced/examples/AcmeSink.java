// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.config.ConfigSection;
import dev.unraced.event.EventView;
import dev.unraced.server.sink.EventSink;

/** Counts a server's events, and sends them nowhere. */
final class AcmeSink implements EventSink {
    private final String name;
    private long taken;

    private AcmeSink(String name) {
        this.name = name;
    }

    static AcmeSink open(ConfigSection settings) {
        return new AcmeSink(settings.string("name"));
    }

    @Override
    public void onEvent(EventView event) {
        taken++;
    }

    @Override
    public String describe() {
        return name + ": " + taken + " events taken";
    }

    @Override
    public void close() {}
}
