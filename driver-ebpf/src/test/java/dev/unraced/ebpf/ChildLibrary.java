// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Availability;
import dev.unraced.config.CaptureConfig;
import dev.unraced.ebpf.libbpf.LibBpf;

/** Reports the libbpf that the driver uses in a separate process, or why the driver does not work. */
final class ChildLibrary {
    private ChildLibrary() {}

    public static void main(String[] args) {
        Availability here = new EbpfDriver().availability(CaptureConfig.load());
        System.out.println(here.describe() + " with " + LibBpf.description());
    }
}
