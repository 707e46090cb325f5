// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

/**
 * The property {@code unraced.spring.on-failure} chooses what happens when the handler throws, or the capture fails.
 */
public enum OnFailure {
    /**
     * The application ends, and its process with exit code 1: a security agent that sees nothing must not look alive.
     * This is the default.
     */
    STOP,
    /**
     * After an exception of the handler, the next event is handed over. A capture that failed stops the application.
     */
    CONTINUE,
    /** The application goes on without events, and its health says so. */
    REPORT
}
