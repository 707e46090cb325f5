// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import org.jspecify.annotations.Nullable;

/** The part of a task that path lookup depends on. */
public interface FsCaller {
    /** Root, working directory and mount namespace. */
    FsContext fs();

    /** The user id for access checks (fsuid). */
    long uid();

    /** The group id for access checks (fsgid). */
    long gid();

    /** Returns whether the task has CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_SYS_ADMIN. */
    boolean privileged();

    /** The task's thread group, which {@code /proc/self} leads to. */
    int tgid();

    /** Returns the file behind a descriptor, or null. */
    @Nullable
    OpenFile descriptor(int fd);
}
