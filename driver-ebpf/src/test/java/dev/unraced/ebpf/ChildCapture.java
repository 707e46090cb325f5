// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;

/**
 * Opens a capture in its own process, reports that on standard output and waits to be killed, or reports why it failed.
 */
final class ChildCapture {
    private ChildCapture() {}

    public static void main(String[] args) throws InterruptedException {
        try (Capture capture =
                Capture.open(CaptureConfig.builder().driver("ebpf").build())) {
            System.out.println("open " + capture.driver());
            capture.consume(event -> {});
        } catch (CaptureException e) {
            System.out.println("refused " + e.getMessage());
        }
    }
}
