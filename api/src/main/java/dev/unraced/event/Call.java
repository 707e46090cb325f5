// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * One system call, without its arguments.
 *
 * @param type whether the event holds the whole call or only its entry
 * @param enterNanos time of entry, CLOCK_BOOTTIME; 0 when the enter was missed
 * @param exitNanos time of return, CLOCK_BOOTTIME; 0 in an enter event
 * @param source the source whose events {@code sequence} counts
 * @param sequence number of the event within its source, from 1
 * @param result the raw return value: a descriptor or 0, or the negated errno; 0 in an enter event
 */
public record Call(
        EventType type,
        Syscall syscall,
        Abi abi,
        Origin origin,
        Mitigation mitigation,
        long enterNanos,
        long exitNanos,
        int source,
        long sequence,
        long result) {}
