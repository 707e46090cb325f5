// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;
import dev.unraced.sim.trace.Seams;

/** Registers the driver under the name {@value SimDriver#NAME}, and its actor host. */
public final class SimDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(SimDriver.NAME, SimDriver.class);
        bindActorHost(SimDriver.NAME, SimActorHost.class);
    }

    @Provides
    @Singleton
    SimKernels kernels() {
        return new SimKernels();
    }

    @Provides
    SimDriver driver(SimKernels kernels) {
        return new SimDriver(kernels::named, Seams.NONE);
    }

    @Provides
    SimActorHost actorHost(SimKernels kernels) {
        return new SimActorHost(kernels.stage());
    }
}
