// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.sim.replay.Pace;
import dev.unraced.sim.replay.ReplayFile;
import dev.unraced.sim.replay.ReplaySource;
import dev.unraced.sim.trace.Seams;
import dev.unraced.sim.trace.SimSource;
import java.util.function.Function;

/** Captures the calls of a simulated kernel, or replays those of a recording. Needs nothing. */
public final class SimDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "sim";

    private static final Capabilities CAPABILITIES = Capabilities.complete()
            .without(Feature.SEVERAL_PROCESSES, "a simulated kernel belongs to the process that simulates it");

    private final Function<String, Watched> kernels;
    private final Seams seams;

    /**
     * A driver for some kernels.
     *
     * @param kernels finds one by the name that the configuration gives
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
            String replay = SimSettings.of(config).replay();
            return replay.isEmpty() ? new Availability.Available() : new ReplayFile(replay).availability();
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        }
    }

    /** Those of simulated kernels; a replay has those of the recording, which its capture tells. */
    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /**
     * Starts a capture.
     *
     * @throws InvalidConfigException when a value of this driver's section is none that its key allows
     */
    @Override
    public Capture open(CaptureConfig config) {
        SimSettings settings = SimSettings.of(config);
        if (!settings.replay().isEmpty()) {
            return ReplaySource.open(
                    NAME,
                    new ReplayFile(settings.replay()).open(),
                    config,
                    settings.originalTiming() ? Pace.original() : Pace.fast());
        }
        CAPABILITIES.require(config.mitigation(), NAME);
        Watched watched = kernels.apply(settings.kernel());
        SimKernel kernel = watched.kernel();
        Capture capture = SimSource.open(
                NAME, CAPABILITIES, kernel.kernel(), settings.trace(config, kernel.observer()), seams, watched.end());
        watched.begin().run();
        return capture;
    }
}
