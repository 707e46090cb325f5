// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import dev.unraced.sim.base.AccessLog;
import org.jspecify.annotations.Nullable;

/** A file system: a device number, and inode numbers of its own. */
public final class SuperBlock {
    /** Makes names when they are looked up, as procfs does. */
    interface DynamicNames {
        @Nullable
        Dentry lookup(Dentry directory, ByteString name);
    }

    private final AccessLog log;
    private final long thing;
    private final int major;
    private final int minor;
    private final @Nullable DynamicNames names;
    private long lastInode = 1;

    SuperBlock(AccessLog log, int major, int minor, @Nullable DynamicNames names) {
        this.log = log;
        this.thing = log.newThing();
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

    /** Makes an inode. Its number is visible, so the order in which two calls make inodes matters, and is logged. */
    Inode newInode(FileType type, FsCaller owner, int mode, @Nullable Link link) {
        return newInode(type, owner.uid(), owner.gid(), mode, link);
    }

    Inode newInode(FileType type, long uid, long gid, int mode, @Nullable Link link) {
        log.write(thing);
        return new Inode(log, log.newThing(), this, ++lastInode, type, uid, gid, mode, link);
    }
}
