// SPDX-License-Identifier: Apache-2.0
package dev.unraced.replay;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.rules.ProcessConformance;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.sim.SimKernel;
import java.util.Optional;

/** Runs the rules of chapter 16 over a recording that is replayed while it is made. */
class ReplayProcessConformanceTest extends ProcessConformance implements DriverUnderTest {
    private final SimKernel kernel = SimKernel.create();
    private final Driver sim = kernel.driver();

    @Override
    public Driver driver() {
        return new Driver() {
            @Override
            public String name() {
                return ReplayDriver.NAME;
            }

            @Override
            public Availability availability(CaptureConfig config) {
                return sim.availability(config);
            }

            @Override
            public Capabilities capabilities() {
                return ReplayDriver.filteredHere(sim.capabilities());
            }

            @Override
            public Capture open(CaptureConfig config) {
                return PipedCapture.of(sim.open(config), config);
            }
        };
    }

    @Override
    public CaptureConfigBuilder config() {
        return CaptureConfig.builder().driver("sim");
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(kernel.actorHost());
    }
}
