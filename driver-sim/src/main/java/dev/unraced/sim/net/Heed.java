// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/** Tells whether a connect looks at the address that it passes, by its socket when the connect begins. */
public enum Heed {
    /** The socket has an earlier attempt or a connection, or this is unknown; the kernel may report that one. */
    UNKNOWN,
    /** The address counts if no other connect of the socket overlaps. */
    IF_ALONE,
    ALWAYS
}
