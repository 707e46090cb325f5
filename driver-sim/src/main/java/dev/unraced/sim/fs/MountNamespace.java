// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.sim.base.AccessLog;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A mount namespace: a tree of mounts, seen by the processes in it. */
public final class MountNamespace {
    private final long thing;
    private final long number;
    private @Nullable Mount root;

    MountNamespace(AccessLog log, long number) {
        this.thing = log.newThing();
        this.number = number;
    }

    /** The inode number of {@code /proc/PID/ns/mnt}. */
    public long number() {
        return number;
    }

    /** The object of the log that stands for the set of the namespace's mounts. */
    long thing() {
        return thing;
    }

    Mount root() {
        return Objects.requireNonNull(root);
    }

    void setRoot(Mount mount) {
        root = mount;
    }
}
