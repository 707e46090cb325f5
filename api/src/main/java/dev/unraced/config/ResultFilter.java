// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static dev.unraced.linux.Errno.EINPROGRESS;

import dev.unraced.event.Syscall;

/** The filters by the result of a call. */
public enum ResultFilter {
    /** All calls pass. */
    ALL,
    /** Failed calls pass. */
    FAILED,
    /** Successful calls pass, and connects that are in progress when they return. */
    SUCCEEDED;

    /** Returns whether a call with this outcome becomes an event. */
    public boolean accepts(boolean failed) {
        return this == ALL || failed == (this == FAILED);
    }

    /**
     * Returns whether a call failed. A connect in progress has not failed; its later end makes no event.
     *
     * @param result the raw return value
     * @param executed whether the call ran at all; if not, the result is not its own
     */
    public static boolean isFailure(Syscall syscall, long result, boolean executed) {
        boolean underWay = syscall == Syscall.CONNECT && result == -EINPROGRESS;
        return !executed || (result < 0 && !underWay);
    }
}
