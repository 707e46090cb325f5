// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import com.sun.jna.Memory;
import dev.unraced.natives.LibC;

/** CLOCK_BOOTTIME of clock_gettime(2), the clock of events' times. */
public final class BootClock {

    private BootClock() {}

    /** Returns the time since the machine started, suspension included, in nanoseconds. */
    public static long nanos() {
        try (Memory time = new Memory(2 * Long.BYTES)) {
            return LibC.nanos(LibC.CLOCK_BOOTTIME, time);
        }
    }
}
