// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;

/** A driver that claims things and captures nothing. */
public record FakeDriver(Availability found, Capabilities capabilities) implements Driver {

    public static FakeDriver available() {
        return new FakeDriver(new Availability.Available(), Capabilities.complete());
    }

    public static FakeDriver unavailable() {
        return new FakeDriver(
                new Availability.Unavailable("NO_FAKE", "There is no fake here.", "Make one."),
                Capabilities.complete());
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return found;
    }

    @Override
    public Capture open(CaptureConfig config) {
        throw new CaptureException("a fake captures nothing");
    }
}
