// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;
import dev.unraced.selection.Drivers;
import dev.unraced.driver.ActorHost;
import java.util.Optional;

/** Runs all rules against the driver, as an agent discovers it. */
class PtraceConformanceTest extends ConformanceSuite {
    private final Drivers drivers = Drivers.discover();

    @Override
    public Driver driver() {
        return drivers.all().get(PtraceDriver.NAME);
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return drivers.actorHost(PtraceDriver.NAME);
    }

    /** Returns a part of the load: each call of a traced process stops it twice, and all of it takes some minutes. */
    @Override
    public double intensity() {
        return 0.1;
    }
}
