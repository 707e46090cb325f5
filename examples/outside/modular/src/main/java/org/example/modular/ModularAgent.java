// SPDX-License-Identifier: Apache-2.0
package org.example.modular;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Prints ten events, of the running kernel where it may, else of a simulated one, and ends. */
public final class ModularAgent {
    private static final int EVENTS = 10;

    private ModularAgent() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (!Capture.class.getModule().isNamed()) {
            throw new IllegalStateException("this is the class path");
        }
        try (Capture capture = Capture.open(CaptureConfig.load())) {
            Process other = new ProcessBuilder("cat", "/etc/hostname").start();
            print(capture);
            other.waitFor();
        }
    }

    static void print(Capture capture) {
        int events = 0;
        for (int looks = 0; events < EVENTS && looks < 20; looks++) {
            events += capture.await(
                    event -> System.out.println(event.comm() + ": " + event.path()),
                    EVENTS - events,
                    TimeUnit.SECONDS.toNanos(1));
        }
        if (events == 0) {
            throw new IllegalStateException("no event in 20 s: " + capture.stats());
        }
        System.out.println(events + " events by " + capture.driver() + ", from "
                + Capture.class.getModule().getName());
    }
}
