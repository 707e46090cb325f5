// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;

/** Registers the driver under the name {@value GvisorDriver#NAME}, and its stage. */
public final class GvisorDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(GvisorDriver.NAME, GvisorDriver.class);
        bind(SandboxStage.class).in(Singleton.class);
        bindStage(GvisorDriver.NAME, SandboxStage.class);
    }
}
