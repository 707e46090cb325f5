// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;
import dev.unraced.driver.Drivers;
import dev.unraced.driver.Stage;
import java.util.Optional;

/** The driver as an agent finds it, under all rules. */
class AcmeConformanceTest extends ConformanceSuite {
    private final Drivers drivers = Drivers.discover();

    @Override
    public Driver driver() {
        return drivers.all().get(AcmeDriver.NAME);
    }

    @Override
    public Optional<Stage> stage() {
        return drivers.stage(AcmeDriver.NAME);
    }

    /** A driver that is in the making is tried with less, for the sake of time; at the end it takes 1. */
    @Override
    public double intensity() {
        return 0.1;
    }
}
