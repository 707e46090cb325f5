// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.cli.common.GuardedDriver;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Setting;
import dev.unraced.driver.Driver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All findings of the doctor.
 *
 * @param drivers the reports of all drivers on the class path
 * @param asked the names of the drivers that the configuration asks for, in the order in which they are tried
 */
public record Diagnosis(List<DriverReport> drivers, List<String> asked, MachineFacts machine, List<Setting> settings) {

    /** Asks every driver whether it can run under a configuration. */
    public static Diagnosis of(Map<String, Driver> drivers, CaptureConfig config, MachineFacts machine) {
        List<DriverReport> reports = drivers.entrySet().stream()
                .map(each -> DriverReport.of(new GuardedDriver(each.getKey(), each.getValue()), config))
                .toList();
        return new Diagnosis(reports, config.drivers(), machine, config.settings());
    }

    /** Returns the driver that a capture would have: the first one that is asked for and can run. */
    public Optional<DriverReport> chosen() {
        return wanted().filter(DriverReport::canRun).findFirst();
    }

    /** Returns whether a driver that the configuration asks for can run. Others, such as a simulator, do not count. */
    public boolean canRun() {
        return chosen().isPresent();
    }

    /** Returns the reports of the drivers that the configuration asks for, in their order. */
    Stream<DriverReport> wanted() {
        return asked.stream()
                .flatMap(name -> drivers.stream().filter(driver -> driver.name().equals(name)));
    }
}
