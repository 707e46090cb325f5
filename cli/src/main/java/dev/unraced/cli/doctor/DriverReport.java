// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Driver;
import java.util.Optional;

/**
 * What one driver says of itself.
 *
 * @param trial what came of opening a capture; empty when the driver is not available
 */
public record DriverReport(String name, Availability availability, Capabilities capabilities, Optional<Trial> trial) {

    static DriverReport of(Driver driver, CaptureConfig config) {
        Availability availability = driver.availability(config);
        Optional<Trial> trial = availability.isAvailable() ? Optional.of(Trial.of(driver, config)) : Optional.empty();
        return new DriverReport(driver.name(), availability, driver.capabilities(config), trial);
    }
}
