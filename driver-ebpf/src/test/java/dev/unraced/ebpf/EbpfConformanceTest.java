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
}
