// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import dev.unraced.natives.LibC;

/**
 * Converts the wall clock, by which sentries date their points, to CLOCK_BOOTTIME, by which events are dated. The two
 * are compared at intervals; a step of the wall clock in between moves the times of events by as much.
 */
final class BootClock {
    private static final int ATTEMPTS = 5;

    private final Memory time = new Memory(16);
    private long offset;

    BootClock() {
        compare();
    }

    /** Compares the clocks anew. */
    void compare() {
        long narrowest = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            long before = now(LibC.CLOCK_BOOTTIME);
            long wall = now(LibC.CLOCK_REALTIME);
            long after = now(LibC.CLOCK_BOOTTIME);
            if (after - before < narrowest) {
                narrowest = after - before;
                offset = before + narrowest / 2 - wall;
            }
        }
    }

    /** Converts a wall time to CLOCK_BOOTTIME, both in nanoseconds; 0 stays, as it stands for an unknown time. */
    long bootNanos(long wallNanos) {
        return wallNanos == 0 ? 0 : wallNanos + offset;
    }

    private long now(int clock) {
        return LibC.nanos(clock, time);
    }
}
