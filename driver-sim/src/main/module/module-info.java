// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated kernel as a driver, and an extension for JUnit.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code sim}
 */
module dev.unraced.sim {
    requires transitive dev.unraced.api;
    requires com.google.common;
    requires dev.unraced.support;
    requires static org.jspecify;
    requires static transitive org.junit.jupiter.api;

    exports dev.unraced.sim;
    exports dev.unraced.sim.fs;
    exports dev.unraced.sim.junit;
    exports dev.unraced.sim.kernel;
    exports dev.unraced.sim.net;
    exports dev.unraced.sim.trace;

    opens dev.unraced.sim to
            com.google.guice;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.sim.SimDriverModule;
}
