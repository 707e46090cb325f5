// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import java.util.Optional;

/** Checks every rule of {@code docs/spec.md} on a simulated kernel. */
class SimConformanceTest extends ConformanceSuite {
    private final SimKernel kernel = SimKernel.create();

    @Override
    public Driver driver() {
        return kernel.driver();
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(kernel.actorHost());
    }
}
