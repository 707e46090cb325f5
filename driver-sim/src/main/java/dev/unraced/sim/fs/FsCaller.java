// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import org.jspecify.annotations.Nullable;

/** Who asks: the part of a task that path lookup depends on. Implementations log what they read. */
public interface FsCaller {
    /** Root, working directory and mount namespace. */
    FsContext fs();

    /** User for access checks (fsuid). */
    long uid();

    /** Group for access checks (fsgid). */
    long gid();

    /** Whether it has CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_SYS_ADMIN. */
    boolean privileged();

    /** Its thread group, which {@code /proc/self} leads to. */
    int tgid();

    /** The file behind a descriptor; null when there is none. */
    @Nullable
    OpenFile descriptor(int fd);
}
