// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Provenance;

/** Prints events whose argument could be forged, without a library but Unraced. */
public final class PlainAgent {
    private PlainAgent() {}

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            capture.consume(event -> {
                if (event.path().provenance() == Provenance.EXIT) {
                    System.out.println("read at the return, perhaps forged: " + event.snapshot());
                }
            });
        }
    }
}
