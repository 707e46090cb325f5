// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

/** The filters by the result of a call; {@code Syscall.isFailure} says what a failure is. */
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
}
