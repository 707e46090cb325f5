// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;
import dev.unraced.driver.Stage;
import java.util.Optional;

/** Runs every rule of {@code docs/spec.md} with the actor in real sandboxes; skipped without runsc. */
class GvisorConformanceTest extends ConformanceSuite {
    private final SandboxStage stage = new SandboxStage();

    @Override
    public Driver driver() {
        return new GvisorDriver();
    }

    @Override
    public Optional<Stage> stage() {
        return Optional.of(stage);
    }
}
