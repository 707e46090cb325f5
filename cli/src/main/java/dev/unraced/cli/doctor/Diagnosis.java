// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.config.Setting;
import dev.unraced.driver.Driver;
import java.util.Collection;
import java.util.List;

/** All that the doctor found out. */
public record Diagnosis(List<DriverReport> drivers, MachineFacts machine, List<Setting> settings) {

    /** Asks every driver. */
    public static Diagnosis of(Collection<Driver> drivers, MachineFacts machine, List<Setting> settings) {
        return new Diagnosis(drivers.stream().map(DriverReport::of).toList(), machine, settings);
    }

    /** Whether at least one driver can run. */
    public boolean canRun() {
        return drivers.stream().anyMatch(driver -> driver.availability().isAvailable());
    }
}
