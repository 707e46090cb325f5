// SPDX-License-Identifier: Apache-2.0
/**
 * The driver by a kernel module.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code kmod}
 */
module dev.unraced.kmod {
    requires static org.jspecify;
    requires dev.unraced.api;
    requires dev.unraced.support;

    opens dev.unraced.kmod to
            com.google.guice;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.kmod.KmodDriverModule;
}
