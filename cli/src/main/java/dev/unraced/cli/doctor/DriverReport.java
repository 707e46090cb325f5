// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.GuardedDriver;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Capability;
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

    static DriverReport of(GuardedDriver driver, CaptureConfig config) {
        Availability availability = driver.availability(config);
        Capabilities capabilities;
        try {
            capabilities = driver.capabilities(config);
        } catch (CaptureException e) {
            String reason = String.valueOf(e.getMessage());
            capabilities = none(reason);
            // A capture asks for the capabilities first, and passes over a driver that cannot say them.
            availability = availability.isAvailable() ? new Availability.Inconclusive(reason) : availability;
        }
        if (!availability.isAvailable()) {
            return new DriverReport(driver.name(), availability, capabilities, Optional.empty(), Map.of());
        }
        Trial trial = Trial.of(driver, config);
        return new DriverReport(driver.name(), availability, capabilities, Optional.of(trial), notes(driver, config));
    }

    private static Map<String, String> notes(GuardedDriver driver, CaptureConfig config) {
        try {
            return new TreeMap<>(driver.notes(config));
        } catch (CaptureException e) {
            return Map.of("notes", String.valueOf(e.getMessage()));
        }
    }

    private static Capabilities none(String reason) {
        Capabilities none = Capabilities.complete();
        for (Capability capability : Capabilities.all()) {
            none = none.without(capability, reason);
        }
        return none;
    }
}
