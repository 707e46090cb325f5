// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.Driver;

/** Every rule of {@code docs/spec.md}, on the running kernel. */
class EbpfConformanceTest extends ConformanceSuite {

    @Override
    public Driver driver() {
        return new EbpfDriver();
    }

    /**
     * {@code -Dconformance.intensity=0.25} plays a quarter of each attack, where another run has played them in full.
     */
    @Override
    public double intensity() {
        return Double.parseDouble(System.getProperty("conformance.intensity", "1"));
    }
}
