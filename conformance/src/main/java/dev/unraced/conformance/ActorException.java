// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

/** The actor refused a command, or is gone. */
public final class ActorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ActorException(String message) {
        super(message);
    }

    ActorException(String message, Throwable cause) {
        super(message, cause);
    }
}
