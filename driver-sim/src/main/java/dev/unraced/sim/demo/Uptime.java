// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The uptime of this machine, so that a simulated one can have the same. */
public final class Uptime {
    private static final Duration ELSEWHERE = Duration.ofHours(1);

    private Uptime() {}

    /** Returns CLOCK_BOOTTIME to a hundredth of a second; an hour where /proc/uptime cannot be read. See proc(5). */
    public static Duration ofThisMachine() {
        return of(Path.of("/proc/uptime"));
    }

    static Duration of(Path file) {
        try {
            double seconds = Double.parseDouble(Files.readString(file).split(" ", 2)[0]);
            return Duration.ofMillis((long) (seconds * 1_000));
        } catch (IOException | NumberFormatException e) {
            return ELSEWHERE;
        }
    }
}
