// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.driver.DriverModule;

/** Registers the driver under the name {@value RemoteDriver#NAME}. */
public final class RemoteDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(RemoteDriver.NAME, RemoteDriver.class);
    }
}
