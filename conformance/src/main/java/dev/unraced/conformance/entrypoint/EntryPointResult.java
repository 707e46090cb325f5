// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.entrypoint;

import java.util.Optional;

/**
 * The result of a call by one way into the kernel.
 *
 * @param <T> the type that events were rendered into
 * @param entryPoint the way and the call
 * @param status whether the call was seen
 * @param event the call's event; empty unless it was seen
 * @param reason why there is no event; empty when there is
 */
public record EntryPointResult<T>(EntryPoint entryPoint, Status status, Optional<T> event, String reason) {

    /** The possible results. */
    public enum Status {
        /** The call was made, and became one event. */
        SEEN,
        /** The call was made, and became no event, several, or the event of another call. */
        MISSED,
        /** This kernel has no such entry point. */
        IMPOSSIBLE,
        /** The driver declares that it does not see this entry point. */
        NOT_DECLARED
    }

    static <T> EntryPointResult<T> seen(EntryPoint entryPoint, T event) {
        return new EntryPointResult<>(entryPoint, Status.SEEN, Optional.of(event), "");
    }

    static <T> EntryPointResult<T> unseen(EntryPoint entryPoint, Status status, String reason) {
        return new EntryPointResult<>(entryPoint, status, Optional.empty(), reason);
    }
}
