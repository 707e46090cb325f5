// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** A mount namespace: a tree of mounts, seen by the processes in it. */
public final class MountNamespace {
    private final long number;

    MountNamespace(long number) {
        this.number = number;
    }

    /** The inode number of {@code /proc/PID/ns/mnt}. */
    public long number() {
        return number;
    }
}
