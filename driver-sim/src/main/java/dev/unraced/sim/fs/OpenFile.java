// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.linux.OpenFlags;
import org.jspecify.annotations.Nullable;

/** An open file, which descriptors refer to: {@code struct file}. It starts with one reference. */
public final class OpenFile {
    /** do_dentry_open() of fs/open.c does not keep these flags. */
    private static final long NOT_KEPT = OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOCTTY | OpenFlags.O_TRUNC;

    private final Location location;
    private final long flags;
    private final boolean created;
    private final @Nullable Object privateData;
    private int references = 1;

    OpenFile(Location location, long flags, boolean created, @Nullable Object privateData) {
        this.location = location;
        this.flags = flags & ~NOT_KEPT;
        this.created = created;
        this.privateData = privateData;
    }

    public Location location() {
        return location;
    }

    public Inode inode() {
        return location.inode();
    }

    /** The O_ bits, without those that matter only during the open. */
    public long flags() {
        return flags;
    }

    /** Returns whether this very open created the file (FMODE_CREATED). */
    public boolean created() {
        return created;
    }

    /** Returns whether the open made a file without a name, for which the kernel does not set FMODE_CREATED. */
    public boolean isTemporary() {
        return (flags & OpenFlags.O_TMPFILE_ALONE) != 0;
    }

    /** Returns whether the file is only a place, opened with O_PATH. */
    public boolean isPath() {
        return (flags & OpenFlags.O_PATH) != 0;
    }

    /** The socket of a socket file; null otherwise. */
    public @Nullable Object privateData() {
        return privateData;
    }

    /** Takes one more reference. */
    public void retain() {
        references++;
    }

    /**
     * Drops a reference; the last one closes the file.
     *
     * @return whether it was the last reference
     * @throws IllegalStateException when the file is closed already
     */
    public boolean release() {
        if (references == 0) {
            throw new IllegalStateException("closed more often than opened");
        }
        references--;
        if (references > 0) {
            return false;
        }
        Fifo fifo = isPath() ? null : inode().fifo();
        if (fifo != null) {
            fifo.close(flags);
        }
        return true;
    }

    /**
     * Returns the current path of the file, as a driver in the kernel would report it to a caller in the given context.
     */
    public PathFinder resolve(FsContext context) {
        PathFinder finder = new PathFinder();
        finder.find(this, context);
        return finder;
    }
}
