// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.sim.SimKernel;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

/** Runs every rule of {@code docs/spec.md} over the wire, with the simulated kernel behind the server. */
class RemoteSimConformanceTest extends ConformanceSuite {
    private final SimKernel kernel = SimKernel.create();
    private final Served served =
            Served.own(kernel.driver(), () -> CaptureConfig.builder().driver("sim"));

    @Override
    public Driver driver() {
        return new RemoteDriver(
                () -> served.client().set("remote.own-capture", true).build());
    }

    @Override
    public CaptureConfigBuilder config() {
        return served.client().set("remote.own-capture", true);
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(kernel.actorHost());
    }

    @AfterAll
    void close() {
        served.close();
    }
}
