// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;

/**
 * Stands for a driver on the class path whose constructor failed, so that users see the driver with its reason.
 *
 * @param name the name of the driver
 * @param cause the exception of the constructor
 */
record UnloadableDriver(String name, Throwable cause) implements Driver {

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Inconclusive(reason());
    }

    @Override
    public Capabilities capabilities() {
        Capabilities none = Capabilities.complete();
        for (var capability : Capabilities.all()) {
            none = none.without(capability, reason());
        }
        return none;
    }

    @Override
    public Capture open(CaptureConfig config) {
        throw new CaptureException("Driver " + name + ": " + reason(), cause);
    }

    private String reason() {
        return "it could not be created, " + cause;
    }
}
