// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import java.time.Instant;
import java.util.Optional;

/** The state of a server, beside its capture, that an operator watches. Thread-safe. */
public interface ServerState {
    /** Returns when the certificate that is in use expires; nothing without TLS. */
    Optional<Instant> certificateEnd();

    /** Returns how many connections were refused for want of a place, or made way for another one. */
    long turnedAway();
}
