// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.entrance;

import java.util.Optional;

/**
 * The result of a call by one way into the kernel.
 *
 * @param <T> the type that events were rendered into
 * @param entrance the way and the call
 * @param status whether the call was seen
 * @param event the call's event; empty unless it was seen
 * @param reason why there is no event; empty when there is
 */
public record EntranceResult<T>(Entrance entrance, Status status, Optional<T> event, String reason) {

    /** The possible results. */
    public enum Status {
        /** The call was made, and became one event. */
        SEEN,
        /** The call was made, and became no event, several, or the event of another call. */
        MISSED,
        /** This kernel has no such entrance. */
        IMPOSSIBLE,
        /** The driver declares that it does not see this entrance. */
        NOT_DECLARED
    }

    static <T> EntranceResult<T> seen(Entrance entrance, T event) {
        return new EntranceResult<>(entrance, Status.SEEN, Optional.of(event), "");
    }

    static <T> EntranceResult<T> unseen(Entrance entrance, Status status, String reason) {
        return new EntranceResult<>(entrance, status, Optional.empty(), reason);
    }
}
