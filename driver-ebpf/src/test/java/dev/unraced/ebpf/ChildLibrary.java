// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Availability;

/** Says by which libbpf the driver works in a process of its own, or why it does not. */
final class ChildLibrary {
    private ChildLibrary() {}

    public static void main(String[] args) {
        Availability here = new EbpfDriver().availability(CaptureConfig.load());
        System.out.println(here.describe() + " with " + LibBpf.description());
    }
}
