// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the kit's own part fails: the actor refuses a command, has ended, or made another call than a rule needs.
 * It says nothing of a driver.
 */
public final class ActorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The likely cause where a command of the actor's takes minutes. */
    public static final String ABOUT_PAGE_FAULTS =
            "A driver that faults pages in when it reads a caller's memory waits for as long as an attack"
                    + " (userfaultfd, fuse) holds them";

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

    /**
     * Throws unless the kit's own part went as a rule needs it.
     *
     * @param message what happened instead
     */
    public static void unless(boolean isAsNeeded, String message) {
        if (!isAsNeeded) {
            throw new ActorException(message);
        }
    }

    /** Returns what this machine or the actor's privilege forbids; empty when the failure is of another kind. */
    public Optional<String> unsupported() {
        return Optional.ofNullable(unsupported);
    }
}
