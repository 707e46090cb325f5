// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

/** The runsc command could not be run, or failed; the message has the details. */
public final class RunscException extends Exception {
    private static final long serialVersionUID = 1;

    RunscException(String message) {
        super(message);
    }
}
