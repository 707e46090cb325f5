// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;

/**
 * A process from which another one descends, as it was at the fork.
 *
 * @param tgid process id in the initial pid namespace
 * @param startNanos start of the process, CLOCK_BOOTTIME
 * @param comm name of its first thread; empty where nobody knows it
 * @param program the program that it ran at the fork; one without a path where nobody knows it
 */
public record Ancestor(int tgid, long startNanos, ByteString comm, Program program) {}
