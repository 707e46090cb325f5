// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/** The machine's CLOCK_BOOTTIME, in nanoseconds. It moves only when advanced, a little with every step. */
public final class VirtualClock {
    private static final long STEP_NANOS = 100;

    private long nanos;

    VirtualClock(long nanos) {
        this.nanos = nanos;
    }

    /** Nanoseconds since the machine booted. */
    public long now() {
        return nanos;
    }

    /** Advances the clock by the time that a step takes. */
    void step() {
        nanos += STEP_NANOS;
    }

    /** Advances the clock. */
    public void advance(long byNanos) {
        if (byNanos < 0) {
            throw new IllegalArgumentException("time does not go back: " + byNanos);
        }
        nanos += byNanos;
    }
}
