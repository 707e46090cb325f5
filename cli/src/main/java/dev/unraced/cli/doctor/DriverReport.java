// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Driver;

/** What one driver says of itself. */
public record DriverReport(String name, Availability availability, Capabilities capabilities) {

    static DriverReport of(Driver driver) {
        return new DriverReport(driver.name(), driver.availability(), driver.capabilities());
    }
}
