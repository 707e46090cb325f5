// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
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
