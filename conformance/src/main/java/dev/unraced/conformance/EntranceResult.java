// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.Optional;

/**
 * What became of a call by its way into the kernel.
 *
 * @param <T> what events were made into
 * @param entrance the way and the call
 * @param status how it went
 * @param event the call's event; empty unless it was seen
 * @param reason why there is no event; empty when there is
 */
public record EntranceResult<T>(Entrance entrance, Status status, Optional<T> event, String reason) {

    /** How it went. */
    public enum Status {
        /** The call was made, and is one event. */
        SEEN,
        /** The call was made, and is no event, or more than one, or another call's. */
        MISSED,
        /** This kernel has no such entrance. */
        IMPOSSIBLE,
        /** The driver declares that it does not see it. */
        NOT_DECLARED
    }

    static <T> EntranceResult<T> seen(Entrance entrance, T event) {
        return new EntranceResult<>(entrance, Status.SEEN, Optional.of(event), "");
    }

    static <T> EntranceResult<T> unseen(Entrance entrance, Status status, String reason) {
        return new EntranceResult<>(entrance, status, Optional.empty(), reason);
    }
}
