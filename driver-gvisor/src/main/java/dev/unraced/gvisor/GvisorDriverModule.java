// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;

/** Registers the driver under the name {@value GvisorDriver#NAME}, and its actor host. */
public final class GvisorDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(GvisorDriver.NAME, GvisorDriver.class);
        bind(SandboxActorHost.class).in(Singleton.class);
        bindActorHost(GvisorDriver.NAME, SandboxActorHost.class);
    }
}
