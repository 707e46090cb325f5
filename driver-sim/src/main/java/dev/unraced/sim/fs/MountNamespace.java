// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A mount namespace: a tree of mounts, seen by the processes in it. */
public final class MountNamespace {
    private final long number;
    private @Nullable Mount root;

    MountNamespace(long number) {
        this.number = number;
    }

    /** The inode number of {@code /proc/PID/ns/mnt}. */
    public long number() {
        return number;
    }

    Mount root() {
        return Objects.requireNonNull(root);
    }

    void setRoot(Mount mount) {
        root = mount;
    }
}
