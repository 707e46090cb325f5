// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of gVisor's sandboxes.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code gvisor}
 */
module dev.unraced.gvisor {
    requires com.fasterxml.jackson.core;
    requires com.google.protobuf;
    requires com.sun.jna;
    requires dev.unraced.api;
    requires dev.unraced.support;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.unraced.gvisor.session;

    opens dev.unraced.gvisor to
            com.google.guice,
            com.sun.jna;
    opens dev.unraced.gvisor.session to
            com.sun.jna;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.gvisor.GvisorDriverModule;
}
