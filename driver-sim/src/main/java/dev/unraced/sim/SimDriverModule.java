// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;
import dev.unraced.sim.trace.Seams;

/** Registers the driver under the name {@value SimDriver#NAME}, and its stage. */
public final class SimDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(SimDriver.NAME, SimDriver.class);
        bindStage(SimDriver.NAME, SimStage.class);
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
    SimStage stage(SimKernels kernels) {
        return new SimStage(kernels.stage());
    }
}
