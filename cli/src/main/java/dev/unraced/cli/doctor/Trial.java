// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.doctor;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.cli.common.GuardedDriver;
import dev.unraced.config.CaptureConfig;
import java.time.Duration;

/** The result of opening a capture. */
public sealed interface Trial {

    /**
     * The capture opened, and was closed again.
     *
     * @param duration the time that the opening took
     * @param ringBytes the memory of its rings
     * @param stashBytes the memory of its stash
     */
    record Opened(Duration duration, long ringBytes, long stashBytes) implements Trial {}

    /** The driver runs here, but not under this configuration. */
    record Refused(String reason) implements Trial {}

    /** Opens a capture and closes it. */
    static Trial of(GuardedDriver driver, CaptureConfig config) {
        try {
            long start = System.nanoTime();
            Capture capture = driver.open(config);
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            CaptureStats stats;
            try {
                stats = driver.call("stats()", capture::stats);
            } finally {
                driver.call("close()", () -> {
                    capture.close();
                    return true;
                });
            }
            return new Opened(duration, stats.ringBytes(), stats.stashBytes());
        } catch (CaptureException e) {
            return new Refused(String.valueOf(e.getMessage()));
        }
    }
}
