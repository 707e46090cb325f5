// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.SimSource;
import java.util.function.Function;

/** Captures the calls of a simulated kernel. It needs no privilege. */
public final class SimDriver implements Driver {
    /** The name of the driver in the configuration. */
    public static final String NAME = "sim";

    private static final Capabilities CAPABILITIES = Capabilities.complete()
            .without(Feature.SEVERAL_PROCESSES, "a simulated kernel belongs to the process that simulates it");

    private final Function<String, Watched> kernels;
    private final Seams seams;

    /**
     * Creates a driver for some kernels.
     *
     * @param kernels finds a kernel by its configured name
     */
    SimDriver(Function<String, Watched> kernels, Seams seams) {
        this.kernels = kernels;
        this.seams = seams;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        try {
            SimSettings.of(config);
            return new Availability.Available();
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /**
     * Starts a capture.
     *
     * @throws InvalidConfigException when this driver's section has a value that its key does not allow
     */
    @Override
    public Capture open(CaptureConfig config) {
        SimSettings settings = SimSettings.of(config);
        CAPABILITIES.require(config.mitigation(), NAME);
        Watched watched = kernels.apply(settings.kernel());
        SimKernel kernel = watched.kernel();
        Capture capture = SimSource.open(
                NAME, CAPABILITIES, kernel.kernel(), settings.trace(config, kernel.observer()), seams, watched.end());
        watched.begin().run();
        return capture;
    }
}
