// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import org.jspecify.annotations.Nullable;

/** The processes as {@code /proc} shows them. */
public interface ProcView {
    /** Root and working directory of a process; null when there is no such process. */
    @Nullable
    FsContext contextOf(int tgid);

    /** A file of a process; null when there is no such process or descriptor. */
    @Nullable
    OpenFile descriptorOf(int tgid, int fd);
}
