// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.driver.Availability;
import java.util.List;

/** For tests that need the driver to run here. */
final class RealKernel {
    private RealKernel() {}

    /** Skips the test where the driver cannot run, and fails it where UNRACED_REQUIRE names the driver. */
    static void need() {
        Availability availability = EbpfProbe.availability(EbpfSettings.smallest(EbpfSettings.DEFAULT_LIBBPF));
        String required = System.getenv().getOrDefault("UNRACED_REQUIRE", "");
        if (!availability.isAvailable() && List.of(required.split(",", -1)).contains(EbpfDriver.NAME)) {
            throw new AssertionError("driver ebpf is required: " + availability.describe());
        }
        assumeTrue(availability.isAvailable(), availability::describe);
    }
}
