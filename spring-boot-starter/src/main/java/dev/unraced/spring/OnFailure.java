// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

/**
 * What an application does when its handler throws, or its capture fails: the property
 * {@code unraced.spring.on-failure}.
 */
public enum OnFailure {
    /** The application ends: a security agent that sees nothing must not look alive. This is the default. */
    STOP,
    /**
     * After an exception of the handler, the next event is handed over. A capture that failed stops the application.
     */
    CONTINUE,
    /** The application goes on without events, and its health says so. */
    REPORT
}
