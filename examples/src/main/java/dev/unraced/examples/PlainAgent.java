// SPDX-License-Identifier: Apache-2.0
package dev.unraced.examples;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;

/** Prints each call whose argument was rewritten while the call ran, without a library but Unraced. */
public final class PlainAgent {
    private PlainAgent() {}

    /** Runs until the capture ends or the process does. */
    public static void main(String[] args) {
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            capture.consume(event -> {
                if (event.isChanged()) {
                    System.out.println("rewritten while the call ran: " + event.snapshot());
                }
            });
        }
    }
}
