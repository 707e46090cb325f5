// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import com.google.inject.Provides;
import dev.unraced.driver.DriverModule;

/** Registers the driver under the name {@value ReplayDriver#NAME}. */
public final class ReplayDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(ReplayDriver.NAME, ReplayDriver.class);
    }

    @Provides
    ReplayDriver driver() {
        return new ReplayDriver();
    }
}
