// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.driver.DriverModule;

/** Makes the driver known under the name {@value KmodDriver#NAME}. */
public final class KmodDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(KmodDriver.NAME, KmodDriver.class);
    }
}
