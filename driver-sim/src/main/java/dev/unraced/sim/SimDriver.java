// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.Driver;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.SimSource;
import java.util.function.Function;

/** Captures the calls of a simulated kernel. Needs nothing. */
public final class SimDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "sim";

    private static final Capabilities CAPABILITIES = Capabilities.complete();

    private final Function<String, SimKernel> kernels;
    private final Seams seams;

    /**
     * A driver for some kernels.
     *
     * @param kernels finds one by the name that the configuration gives
     */
    SimDriver(Function<String, SimKernel> kernels, Seams seams) {
        this.kernels = kernels;
        this.seams = seams;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        return new Availability.Available();
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Capture open(CaptureConfig config) {
        CAPABILITIES.require(config.mitigation(), NAME);
        SimSettings settings = SimSettings.of(config);
        SimKernel kernel = kernels.apply(settings.kernel());
        return SimSource.open(NAME, CAPABILITIES, kernel.kernel(), settings.trace(config, kernel.observer()), seams);
    }
}
