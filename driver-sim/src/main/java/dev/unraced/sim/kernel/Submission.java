// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/** What is special about how a request of an io_uring is submitted, or ends. */
public enum Submission {
    /** Nothing. */
    USUAL,
    /** A thread of the kernel's, one of the process's, finds it in the ring and submits it (IORING_SETUP_SQPOLL). */
    POLLED,
    /** It completes while the ring of completions is full: the kernel keeps the completion for later. */
    OVERFLOWING,
    /** It is given up before its work: another one cancels it, or one that it is linked to fails. */
    CANCELLED
}
