// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when the actor refuses a command, or has ended. */
public final class ActorException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String UNSUPPORTED = "error unsupported: ";

    private final @Nullable String unsupported;

    public ActorException(String message) {
        super(message);
        unsupported = null;
    }

    ActorException(String message, Throwable cause) {
        super(message, cause);
        unsupported = null;
    }

    /** Makes the exception for an answer that refuses a command. */
    public ActorException(String answer, Command command) {
        super("the actor answered '" + answer + "' to: " + command);
        unsupported = answer.startsWith(UNSUPPORTED) ? answer.substring(UNSUPPORTED.length()) : null;
    }

    /** Returns what this machine or the actor's privilege forbids; empty when the failure is of another kind. */
    public Optional<String> unsupported() {
        return Optional.ofNullable(unsupported);
    }
}
