// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;

/** Helps tests that need the driver to run here. */
final class RealKernel {
    private RealKernel() {}

    static void need() {
        RunnableDriver.need(new EbpfDriver(), CaptureConfig.builder().build());
    }
}
