// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.Batch;

/** Requests that a thread submits to an io_uring together; see {@link SimThread#submitTogether}. */
public final class SimBatch {
    private final Batch batch;

    SimBatch(Batch batch) {
        this.batch = batch;
    }

    /** Adds openat(AT_FDCWD, path, O_RDONLY). */
    public SimBatch openat(SimBuffer path) {
        batch.call(Syscall.OPENAT, AT_FDCWD, path.address(), OpenFlags.O_RDONLY, 0);
        return this;
    }

    /** Adds connect(fd, address, its length). */
    public SimBatch connect(int fd, SimBuffer address) {
        batch.call(Syscall.CONNECT, fd, address.address(), address.length());
        return this;
    }

    /** Adds the close of a descriptor, which an earlier request of the batch may have opened. */
    public SimBatch close(int fd) {
        batch.close(fd);
        return this;
    }
}
