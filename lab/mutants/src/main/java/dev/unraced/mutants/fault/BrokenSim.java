// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.trace.Seams;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A simulated machine whose observer is broken: each capture is broken anew. */
public final class BrokenSim implements DriverUnderTest {
    /**
     * The patience of the kit. The simulator answers at once; only the reader's thread takes time on a busy machine.
     */
    private static final Duration PATIENCE = Duration.ofMillis(800);
    /** The intensity, high enough for every mutant to fail and for a full ring to lose something. */
    private static final double INTENSITY = 0.1;
    /** The ring of a capture, kept small because a small scenario spends most of its time on clearing it. */
    private static final int RING_BYTES = 1 << 20;

    private static final int STASH_ENTRIES = 1024;
    private static final int STASH_LONG_PATHS = 16;

    /** The capabilities of the intact simulator. */
    static final Capabilities CAPABILITIES = SimKernel.create().driver().capabilities();

    private final SimKernel kernel = SimKernel.create();
    private final Driver driver;
    private final Map<String, Object> settings;

    private BrokenSim(Capabilities capabilities, Supplier<Seams> broken, Map<String, Object> settings) {
        this.driver = new BrokenDriver(kernel, capabilities, broken);
        this.settings = settings;
    }

    public static DriverUnderTest of(Supplier<Seams> broken) {
        return new BrokenSim(CAPABILITIES, broken, Map.of());
    }

    /** Makes a broken simulator that declares only some capabilities. */
    static DriverUnderTest with(Capabilities capabilities, Supplier<Seams> broken) {
        return new BrokenSim(capabilities, broken, Map.of());
    }

    /** Makes a broken simulator with settings of its own. */
    public static DriverUnderTest configured(Map<String, Object> settings, Supplier<Seams> broken) {
        return new BrokenSim(CAPABILITIES, broken, settings);
    }

    @Override
    public Driver driver() {
        return driver;
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(kernel.actorHost());
    }

    @Override
    public CaptureConfigBuilder config() {
        CaptureConfigBuilder builder = DriverUnderTest.super
                .config()
                .ringBytes(RING_BYTES)
                .stashEntries(STASH_ENTRIES)
                .stashLongPaths(STASH_LONG_PATHS);
        settings.forEach(builder::set);
        return builder;
    }

    @Override
    public Duration patience() {
        return PATIENCE;
    }

    @Override
    public double intensity() {
        return INTENSITY;
    }

    private record BrokenDriver(SimKernel kernel, Capabilities capabilities, Supplier<Seams> broken) implements Driver {
        @Override
        public String name() {
            return kernel.driver().name();
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capture open(CaptureConfig config) {
            config.filters().needs().forEach(filter -> capabilities.require(filter, name()));
            return kernel.driver(broken.get()).open(config);
        }
    }
}
