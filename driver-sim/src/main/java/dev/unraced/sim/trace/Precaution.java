// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

/** What an observer does so that it asserts nothing unproven. One that lacks some shows what each is there for. */
public enum Precaution {
    /** It notes which connects are under way on a socket, and marks those that overlap (R2.43). */
    OVERLAPS,
    /** It compares the scope of an address that needs one (R2.44). */
    SCOPES,
    /** It takes the socket of socketcall(2) from the kernel's connect, not by the descriptor in memory (R2.45). */
    BLOCKS,
    /** It looks for what a request did before the next one of its batch is carried out (R2.42). */
    BATCHES,
    /** It compares the mount namespace that the event names with the one in which the path was looked up (R2.46). */
    NAMESPACES,
    /** It goes by a trace of each entry that nobody can evict, not by signals and results (R3.4, R3.5). */
    ENTRY_TRACES,
    /** It reads the way to a file twice (R2.47). */
    SECOND_WALKS
}
