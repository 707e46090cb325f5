// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import org.jspecify.annotations.Nullable;

/** The driver that a command judges. */
public final class ChosenDriver {
    private ChosenDriver() {}

    /**
     * Returns the driver of a name, or the driver that the configuration chooses.
     *
     * @param name one of {@link Drivers#names()}, or null
     * @throws IllegalArgumentException when no driver has this name
     * @throws CaptureException when the driver cannot run
     */
    public static Driver of(Drivers drivers, @Nullable String name) {
        if (name == null) {
            return drivers.select(CaptureConfig.load()).driver();
        }
        Driver driver = drivers.all().get(name);
        if (driver == null) {
            throw new IllegalArgumentException("no such driver");
        }
        new GuardedDriver(name, driver).availability(CaptureConfig.load()).require(name);
        return driver;
    }
}
