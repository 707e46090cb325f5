// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import dev.unraced.event.Syscall;

/** Which calls become events, by how they end. */
public enum ResultFilter {
    /** Whatever the result. */
    ALL,
    /** Those that failed. */
    FAILED,
    /** Those that succeeded, and connects that are under way when they return. */
    SUCCEEDED;

    /** Of {@code asm-generic/errno.h}. */
    private static final long EINPROGRESS = 115;

    /** Whether a call with this outcome becomes an event. */
    public boolean accepts(boolean failed) {
        return this == ALL || failed == (this == FAILED);
    }

    /**
     * Whether a call failed. A connect under way has not; how it ends is no event.
     *
     * @param result the raw return value
     * @param executed whether it ran at all; without, the result is none
     */
    public static boolean isFailure(Syscall syscall, long result, boolean executed) {
        boolean underWay = syscall == Syscall.CONNECT && result == -EINPROGRESS;
        return !executed || (result < 0 && !underWay);
    }
}
