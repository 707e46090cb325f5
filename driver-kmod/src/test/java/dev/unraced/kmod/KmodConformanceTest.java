// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;

/** Runs every rule of {@code docs/spec.md} on the running kernel; skipped where the module is not loaded. */
class KmodConformanceTest extends ConformanceSuite {

    @Override
    public Driver driver() {
        return new KmodDriver();
    }
}
