// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One driver's report on itself.
 *
 * @param trial the result of opening a capture; empty when the driver is not available
 * @param notes notes on how a capture would work, by topic in alphabetical order; empty when the driver is not
 *     available
 */
public record DriverReport(
        String name,
        Availability availability,
        Capabilities capabilities,
        Optional<Trial> trial,
        Map<String, String> notes) {

    /** Returns whether a capture opened. */
    boolean canRun() {
        return trial.filter(Trial.Opened.class::isInstance).isPresent();
    }

    static DriverReport of(Driver driver, CaptureConfig config) {
        Availability availability = driver.availability(config);
        if (!availability.isAvailable()) {
            return new DriverReport(
                    driver.name(), availability, driver.capabilities(config), Optional.empty(), Map.of());
        }
        Trial trial = Trial.of(driver, config);
        return new DriverReport(
                driver.name(),
                availability,
                driver.capabilities(config),
                Optional.of(trial),
                new TreeMap<>(driver.notes(config)));
    }
}
