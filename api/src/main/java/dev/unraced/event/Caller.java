// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;

/**
 * The caller of a call. Units and namespaces are those of {@link EventView}.
 *
 * @param threadStartNanos start time of the thread, CLOCK_BOOTTIME; with {@code tid} it identifies a thread for good
 * @param uid real user id, 0 to 2^32-1
 * @param gid real group id, 0 to 2^32-1
 * @param comm the thread's name, at most 15 bytes
 * @param cgroupId inode number of the cgroup v2 directory
 * @param mountNamespace inode number of the mount namespace
 * @param pidNamespace inode number of the pid namespace
 * @param containerId the container's id, where the driver knows it
 */
public record Caller(
        int tid,
        int tgid,
        long threadStartNanos,
        int parentTgid,
        long uid,
        long gid,
        ByteString comm,
        long cgroupId,
        long mountNamespace,
        long pidNamespace,
        Optional<ByteString> containerId) {}
