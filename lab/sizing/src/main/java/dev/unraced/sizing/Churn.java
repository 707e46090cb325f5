// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import java.time.Duration;

/**
 * The ends and starts of threads. A new thread replaces each one that ends, so their number stays the same.
 *
 * @param lifetime the mean lifetime of a thread, 1 s to 10 years
 * @param killed the share of ends that strike a thread in a call, which then never returns. A signal alone does not do
 *     that: the call returns with EINTR first
 * @param reclaimed the share of ends that the observer learns of; the entries of the others stay until a thread with
 *     the same id enters a call, or the stash evicts them
 * @param ids the number of thread ids, as in {@code /proc/sys/kernel/pid_max}
 */
public record Churn(Duration lifetime, double killed, double reclaimed, int ids) {
    /** The largest pid_max, PID_MAX_LIMIT of include/linux/threads.h on 64 bits. */
    public static final int MOST_IDS = 4 * 1024 * 1024;

    /** Checks the values. */
    public Churn {
        Checks.range("the lifetime of threads", lifetime, Duration.ofSeconds(1), Duration.ofDays(3650));
        Checks.share("the share of threads killed in a call", killed);
        Checks.share("the share of ends that are seen", reclaimed);
        Checks.range("the number of thread ids", ids, 301, MOST_IDS);
    }
}
