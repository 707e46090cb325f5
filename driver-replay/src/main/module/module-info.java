// SPDX-License-Identifier: Apache-2.0
/**
 * The driver that replays recordings.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code replay}
 */
module dev.unraced.replay {
    requires com.google.common;
    requires static org.jspecify;
    requires dev.unraced.api;
    requires dev.unraced.support;

    opens dev.unraced.replay to
            com.google.guice;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.replay.ReplayDriverModule;
}
