// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

/**
 * A measure by which an observer asserts nothing unproven (R2.41). An observer that lacks some shows what each of them
 * is for.
 */
public enum Precaution {
    /** It notes the connects under way on each socket, and marks those that overlap (R2.43). */
    OVERLAPS,
    /** It compares the scope of an address that needs one (R2.44). */
    SCOPES,
    /** It takes the socket of socketcall(2) from the kernel's connect, not by the descriptor in memory (R2.45). */
    BLOCKS,
    /** It reads the effect of a request before the next request of its batch is carried out (R2.42). */
    BATCHES,
    /** It compares the mount namespace that the event names with the one in which the path was looked up (R2.46). */
    NAMESPACES,
    /** It trusts a trace of each entry that no call can evict, not signals and results (R3.4, R3.5). */
    ENTRY_TRACES,
    /** It walks the path to a file twice (R2.47). */
    SECOND_WALKS,
    /** It takes a socket's own port from the field that keeps it when a reset releases the port (R2.49). */
    PORTS,
    /** It judges a call by the filters under which it entered, however they have changed since (R12.8, R12.9). */
    FILTERS_OF_ENTRY
}
