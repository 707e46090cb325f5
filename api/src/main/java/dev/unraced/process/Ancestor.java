// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;

/**
 * A process from which another one descends.
 *
 * @param tgid process id in the initial pid namespace
 * @param startNanos start of the process, CLOCK_BOOTTIME
 * @param comm name of its first thread; empty where nobody knows it
 * @param program the program that it ran, without path, interpreter and arguments; one without an executable where
 *     nobody knows it
 * @param isAsOfFork whether name and program are those of the fork. False of the parent of a process that was there
 *     when the capture opened: then they are those that the table knew when both were told, and the parent may have
 *     executed that program after the fork
 * @param mountNamespace inode number of the mount namespace in which this program began, where the path of its
 *     executable leads to it; 0 where nobody knows it
 */
public record Ancestor(
        int tgid, long startNanos, ByteString comm, Program program, boolean isAsOfFork, long mountNamespace) {}
