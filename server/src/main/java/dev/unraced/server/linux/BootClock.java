// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

/** CLOCK_BOOTTIME of clock_gettime(2), the clock of events' times. */
public final class BootClock {

    private BootClock() {}

    /** Returns the time since the machine started, suspension included, in nanoseconds. */
    public static long nanos() {
        return LibC.bootNanos();
    }
}
