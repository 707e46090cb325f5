// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.scripted;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.format.SampleEvents;
import java.util.List;

/** A driver that delivers opens of one file, as many as the system property {@code scripted.events} says. */
public final class ScriptedDriver implements Driver {
    public static final String NAME = "scripted";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Available();
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.complete().without(Feature.CONTAINER_ID, "A script runs in no container.");
    }

    @Override
    public Capture open(CaptureConfig config) {
        byte[] record = SampleEvents.record(SampleEvents.open("/etc/hosts"));
        return ScriptedCapture.repeating(List.of(record), Long.getLong("scripted.events", 1));
    }
}
