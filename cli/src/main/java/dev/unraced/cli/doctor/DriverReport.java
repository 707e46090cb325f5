// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Driver;

/** What one driver says of itself. */
public record DriverReport(String name, Availability availability, Capabilities capabilities) {

    static DriverReport of(Driver driver, CaptureConfig config) {
        return new DriverReport(driver.name(), driver.availability(config), driver.capabilities());
    }
}
