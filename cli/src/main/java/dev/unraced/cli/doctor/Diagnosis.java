// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Setting;
import dev.unraced.driver.Driver;
import java.util.Collection;
import java.util.List;

/** All findings of the doctor. */
public record Diagnosis(List<DriverReport> drivers, MachineFacts machine, List<Setting> settings) {

    /** Asks every driver whether it can run under a configuration. */
    public static Diagnosis of(Collection<Driver> drivers, CaptureConfig config, MachineFacts machine) {
        List<DriverReport> reports =
                drivers.stream().map(driver -> DriverReport.of(driver, config)).toList();
        return new Diagnosis(reports, machine, config.settings());
    }

    /** Returns whether at least one driver can run. */
    public boolean canRun() {
        return drivers.stream().anyMatch(driver -> driver.availability().isAvailable());
    }
}
