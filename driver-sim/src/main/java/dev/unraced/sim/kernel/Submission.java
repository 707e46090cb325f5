// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/** The way in which an io_uring request is submitted or ends. */
public enum Submission {
    /** Nothing is special about the request. */
    USUAL,
    /** A kernel thread of the process finds the request in the ring and submits it (IORING_SETUP_SQPOLL). */
    POLLED,
    /** The request completes while the completion ring is full: the kernel keeps the completion for later. */
    OVERFLOWING,
    /** The request ends before its work: another request cancels it, or a request that it is linked to fails. */
    CANCELLED
}
