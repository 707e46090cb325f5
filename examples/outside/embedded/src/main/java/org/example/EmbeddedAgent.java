// SPDX-License-Identifier: Apache-2.0
package org.example;

import dev.unraced.config.CaptureConfig;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capture;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Captures ten events of the running kernel, which other programs make, and ends. */
public final class EmbeddedAgent {
    private static final int EVENTS = 10;

    private EmbeddedAgent() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        CaptureConfig config = CaptureConfig.load();
        Availability here = Drivers.discover().all().get("ebpf").availability(config);
        if (!here.isAvailable()) {
            System.out.println("nothing captured: " + here.describe());
            return;
        }
        try (Capture capture = Capture.open(config)) {
            Process other = new ProcessBuilder("cat", "/etc/hostname").start();
            int events = 0;
            for (int looks = 0; events < EVENTS && looks < 20; looks++) {
                events += capture.await(
                        event -> System.out.println(event.comm() + ": " + event.path() + " " + event.path().provenance()),
                        EVENTS - events,
                        TimeUnit.SECONDS.toNanos(1));
            }
            other.waitFor();
            if (events == 0) {
                throw new IllegalStateException("no event in 20 s: " + capture.stats());
            }
            System.out.println(events + " events by " + capture.driver());
        }
    }
}
