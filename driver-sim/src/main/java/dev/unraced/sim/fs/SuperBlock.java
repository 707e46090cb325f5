// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import org.jspecify.annotations.Nullable;

/** A file system: a device number, and inode numbers of its own. */
public final class SuperBlock {
    /** Makes names when they are looked up, as procfs does. */
    interface DynamicNames {
        @Nullable
        Dentry lookup(Dentry directory, ByteString name);
    }

    private final int major;
    private final int minor;
    private final @Nullable DynamicNames names;
    private long lastInode = 1;
    private long lastDentry;

    SuperBlock(int major, int minor, @Nullable DynamicNames names) {
        this.major = major;
        this.minor = minor;
        this.names = names;
    }

    public int major() {
        return major;
    }

    public int minor() {
        return minor;
    }

    /** Returns whether its users cannot add or remove names. */
    boolean isFixed() {
        return names != null;
    }

    /** Returns the entry of a directory, or null. */
    @Nullable
    Dentry lookup(Dentry directory, ByteString name) {
        return names == null ? directory.child(name) : names.lookup(directory, name);
    }

    Inode newInode(FileType type, FsCaller owner, int mode, @Nullable Link link) {
        return newInode(type, owner.uid(), owner.gid(), mode, link);
    }

    Inode newInode(FileType type, long uid, long gid, int mode, @Nullable Link link) {
        return new Inode(this, ++lastInode, type, uid, gid, mode, link);
    }

    /** Returns a number for a new directory entry of this file system, by which a tracer can remember it. */
    long newDentryNumber() {
        return ++lastDentry;
    }
}
