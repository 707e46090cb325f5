// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import java.util.Optional;

/** Runs every rule of {@code docs/spec.md} with the actor in real sandboxes; skipped without runsc. */
class GvisorConformanceTest extends ConformanceSuite {
    private final SandboxActorHost host = new SandboxActorHost();

    @Override
    public Driver driver() {
        return new GvisorDriver();
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(host);
    }

    /**
     * {@code -Dconformance.intensity=0.25} plays a quarter of each attack, where another run has played them in full.
     */
    @Override
    public double intensity() {
        return Double.parseDouble(System.getProperty("conformance.intensity", "1"));
    }
}
