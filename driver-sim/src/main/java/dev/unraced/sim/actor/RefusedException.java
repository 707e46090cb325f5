// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

/** Ends a command with an error; the message is the answer. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
