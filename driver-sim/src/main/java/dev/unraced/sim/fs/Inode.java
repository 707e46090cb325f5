// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/** A file of any type, apart from its names. */
public final class Inode {
    private final SuperBlock superBlock;
    private final long number;
    private final FileType type;
    private final long uid;
    private final long gid;
    private final @Nullable Link link;
    private final @Nullable Fifo fifo;
    private int mode;
    private int links;

    Inode(SuperBlock superBlock, long number, FileType type, long uid, long gid, int mode, @Nullable Link link) {
        this.superBlock = superBlock;
        this.number = number;
        this.type = type;
        this.uid = uid;
        this.gid = gid;
        this.mode = mode;
        this.link = link;
        this.fifo = type == FileType.FIFO ? new Fifo() : null;
        this.links = 1;
    }

    public long number() {
        return number;
    }

    public SuperBlock superBlock() {
        return superBlock;
    }

    public FileType type() {
        return type;
    }

    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    public long uid() {
        return uid;
    }

    public long gid() {
        return gid;
    }

    /** Permission bits, 07777 at most. */
    public int mode() {
        return mode;
    }

    /** Number of names. A directory has one, as on btrfs. */
    public int links() {
        return links;
    }

    /** The text of an ordinary symbolic link, else null. */
    public @Nullable ByteString target() {
        return link instanceof Link.Text text ? text.target() : null;
    }

    @Nullable
    Link link() {
        return link;
    }

    @Nullable
    Fifo fifo() {
        return fifo;
    }

    void setMode(int mode) {
        this.mode = mode & 07777;
    }

    void addLinks(int more) {
        links += more;
    }
}
