// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENXIO;

import dev.unraced.linux.OpenFlags;
import org.jspecify.annotations.Nullable;

/** The readers and writers of a FIFO: the part of {@code struct pipe_inode_info} that opening depends on. */
final class Fifo {
    /** A wait for the next open of the other side: wait_for_partner() of fs/pipe.c. */
    final class Wait {
        private final boolean forWriter;
        private final long seen;

        private Wait(boolean forWriter) {
            this.forWriter = forWriter;
            this.seen = opens();
        }

        boolean isOver() {
            return opens() != seen;
        }

        private long opens() {
            return forWriter ? writeOpens : readOpens;
        }
    }

    private int readers;
    private int writers;
    private long readOpens;
    private long writeOpens;

    /** fifo_open() of fs/pipe.c up to its wait; returns null when the open need not wait. */
    @Nullable
    Wait open(long flags) throws FsException {
        long access = flags & OpenFlags.O_ACCMODE;
        boolean nonblocking = (flags & OpenFlags.O_NONBLOCK) != 0;
        if (access == OpenFlags.O_RDONLY) {
            readOpens++;
            readers++;
            return writers > 0 || nonblocking ? null : new Wait(true);
        }
        if (access == OpenFlags.O_WRONLY) {
            if (nonblocking && readers == 0) {
                throw FsException.of(ENXIO);
            }
            writeOpens++;
            writers++;
            return readers > 0 ? null : new Wait(false);
        }
        if (access != OpenFlags.O_RDWR) {
            throw FsException.of(EINVAL);
        }
        readOpens++;
        writeOpens++;
        readers++;
        writers++;
        return null;
    }

    /** Undoes the counts of an open. */
    void close(long flags) {
        long access = flags & OpenFlags.O_ACCMODE;
        if (access != OpenFlags.O_WRONLY) {
            readers--;
        }
        if (access != OpenFlags.O_RDONLY) {
            writers--;
        }
    }
}
