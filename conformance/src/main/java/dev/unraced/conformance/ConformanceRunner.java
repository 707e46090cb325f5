// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.driver.Drivers;
import java.util.Set;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the kit against a driver on the class path, without a test module around it. */
public final class ConformanceRunner {

    private ConformanceRunner() {}

    /** Prints the report for the driver that the only argument names; status 1 when it breaks a rule. */
    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("Usage: ConformanceRunner DRIVER, one of "
                    + Drivers.discover().names());
            System.exit(2);
        }
        ConformanceReport report = run(arguments[0]);
        System.out.print(report.toText());
        System.exit(report.isConformant() ? 0 : 1);
    }

    /**
     * Runs all rules.
     *
     * @param driver its name
     * @throws IllegalArgumentException when no driver on the class path has the name
     */
    public static ConformanceReport run(String driver) {
        Set<String> names = Drivers.discover().names();
        if (!names.contains(driver)) {
            throw new IllegalArgumentException("no driver is named " + driver + "; there are " + names);
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(NamedDriverSuite.class))
                .configurationParameter(NamedDriverSuite.DRIVER_PARAMETER, driver)
                .build();
        ResultCollector collector = new ResultCollector();
        // Listeners that happen to be on the class path have no business here.
        LauncherConfig quiet = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(quiet).execute(request, collector);
        return new ConformanceReport(driver, collector.results());
    }
}
