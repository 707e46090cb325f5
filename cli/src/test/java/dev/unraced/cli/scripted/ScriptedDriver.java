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
    /**
     * The pause where the system property {@code scripted.slow} wants one: when drivers are found, or at the opening.
     */
    private static final long PAUSE_MILLIS = 1700;

    public ScriptedDriver() {
        pause("find");
    }

    private static void pause(String where) {
        if (where.equals(System.getProperty("scripted.slow"))) {
            System.err.println("scripted: " + where);
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

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
        pause("open");
        byte[] record = SampleEvents.record(SampleEvents.open("/etc/hosts"));
        return ScriptedCapture.repeating(List.of(record), Long.getLong("scripted.events", 1));
    }
}
