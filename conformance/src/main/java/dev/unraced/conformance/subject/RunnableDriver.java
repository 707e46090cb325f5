// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.subject;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/** A check for tests that need a driver to run on this machine. */
public final class RunnableDriver {
    /** The environment variable with the drivers that must be able to run, separated by commas. */
    public static final String REQUIRE_VARIABLE = "UNRACED_REQUIRE";

    private RunnableDriver() {}

    /**
     * Returns only where a driver can run.
     *
     * @throws TestAbortedException where the driver cannot run, with its reason
     * @throws AssertionError where the driver cannot run although the environment variable {@code UNRACED_REQUIRE}
     *     names it
     */
    public static void need(Driver driver, CaptureConfig config) {
        need(driver, config, System.getenv().getOrDefault(REQUIRE_VARIABLE, ""));
    }

    public static void need(Driver driver, CaptureConfig config, String required) {
        Availability availability = driver.availability(config);
        if (availability.isAvailable()) {
            return;
        }
        String reason = "driver " + driver.name() + " cannot run: " + availability.describe();
        if (Arrays.stream(required.split(",", -1)).map(String::strip).anyMatch(driver.name()::equals)) {
            throw new AssertionError(reason);
        }
        throw new TestAbortedException(reason);
    }
}
