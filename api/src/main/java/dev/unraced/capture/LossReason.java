// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

/** The reasons why a call that should have become an event did not. */
public enum LossReason {
    /** The ring between kernel and reader was full. */
    RING_FULL,
    /** The caller's user, or the caller's cgroup, made more events than {@code unraced.limit} allows. */
    RATE_LIMITED,
    /** A queue in user space was full. */
    QUEUE_FULL,
    /** The record was not well-formed. */
    MALFORMED,
    /** The kernel did not run the capturing program, for instance because another program ran on that CPU. */
    PROGRAM_MISSED,
    /** The source itself reported a lost event. */
    SOURCE_DROPPED,
    /** The capture closed before the event was read. */
    CLOSED
}
