// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

/** Tells whether a connect looks at the address that it passes, by its socket when the connect begins. */
public enum Heed {
    /** An attempt or a connection is there, or nobody knows: the kernel may tell of that one instead. */
    UNKNOWN,
    /** The address counts if no other connect of the socket overlaps. */
    IF_ALONE,
    ALWAYS
}
