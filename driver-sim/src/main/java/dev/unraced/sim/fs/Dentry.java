// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import dev.unraced.sim.base.AccessLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name of an inode: {@code struct dentry}. It has two numbers in the log: one for itself (its name, parent and
 * existence), and one for the set of its entries, so that a walk through a directory does not depend on what is created
 * in it.
 */
public final class Dentry {
    private final AccessLog log;
    private final long thing;
    private final long entries;
    private final Inode inode;
    private final Names children = new Names();
    /** All mounts on this name, of whatever namespace: m_list of {@code struct mountpoint}. */
    private final List<Mount> mounts = new ArrayList<>(0);

    private ByteString name;
    private Dentry parent;
    private boolean deleted;
    /** {@code d_seq}: counts the changes of name, parent and existence. */
    private int sequence;

    private Dentry(AccessLog log, long thing, long entries, ByteString name, @Nullable Dentry parent, Inode inode) {
        this.log = log;
        this.thing = thing;
        this.entries = entries;
        this.name = name;
        this.inode = inode;
        this.parent = parent == null ? this : parent;
    }

    /** Tells the entry from all others. */
    long thing() {
        return thing;
    }

    /** A name that is its own parent: of a file system's root ("/"), or of a file outside all trees. */
    static Dentry root(AccessLog log, ByteString name, Inode inode) {
        return new Dentry(log, log.newThing(), log.newThing(), name, null, inode);
    }

    /** A name that no directory holds, until {@link #add}. */
    static Dentry unhashed(AccessLog log, ByteString name, Dentry parent, Inode inode) {
        Dentry dentry = new Dentry(log, log.newThing(), log.newThing(), name, parent, inode);
        dentry.deleted = true;
        return dentry;
    }

    /** Adds an entry that was always there, with numbers that do not depend on who looks first. */
    Dentry addPermanent(ByteString childName, Inode childInode, long childThing, long childEntries) {
        Dentry dentry = new Dentry(log, childThing, childEntries, childName, this, childInode);
        children.put(childName, dentry);
        return dentry;
    }

    /** Of a root, "/" or what {@code /proc/PID/fd} would show. */
    public ByteString name() {
        log.read(thing);
        return name;
    }

    /** Of a root, itself. */
    public Dentry parent() {
        log.read(thing);
        return parent;
    }

    public Inode inode() {
        return inode;
    }

    /** {@code d_seq}: another one when the name was renamed or removed meanwhile. */
    int sequence() {
        log.read(thing);
        return sequence;
    }

    public boolean isDirectory() {
        return inode.isDirectory();
    }

    /** Whether the name is gone, or was never there (O_TMPFILE): d_unlinked() of include/linux/dcache.h. */
    public boolean isDeleted() {
        log.read(thing);
        return deleted;
    }

    boolean isRoot() {
        log.read(thing);
        return parent == this;
    }

    @Nullable
    Dentry child(ByteString childName) {
        return looked(children.get(childName));
    }

    /** The entry whose name is the bytes of a path from an index on, up to another. */
    @Nullable
    Dentry child(byte[] path, int from, int to) {
        return looked(children.get(path, from, to));
    }

    private @Nullable Dentry looked(@Nullable Dentry child) {
        log.read(child == null ? entries : child.thing);
        return child;
    }

    boolean isEmpty() {
        log.read(entries);
        return children.isEmpty();
    }

    /** Creates an entry. */
    Dentry add(ByteString childName, Inode childInode) {
        Dentry child = new Dentry(log, log.newThing(), log.newThing(), childName, this, childInode);
        log.write(entries);
        children.put(childName, child);
        return child;
    }

    /** Removes this name; who has it open keeps it. */
    void remove() {
        log.write(thing);
        log.write(parent.entries);
        parent.children.remove(name);
        deleted = true;
        sequence++;
        inode.addLinks(-1);
    }

    /** Moves this name; the new one is free. d_move() of fs/dcache.c. */
    void move(Dentry newParent, ByteString newName) {
        log.write(thing);
        log.write(parent.entries);
        log.write(newParent.entries);
        parent.children.remove(name);
        parent = newParent;
        name = newName;
        sequence++;
        newParent.children.put(newName, this);
    }

    /** Swaps two names: d_exchange() of fs/dcache.c. */
    void exchange(Dentry other) {
        Dentry otherParent = other.parent;
        ByteString otherName = other.name;
        log.write(thing);
        log.write(other.thing);
        other.parent = parent;
        other.name = name;
        other.sequence++;
        sequence++;
        parent.children.put(name, other);
        parent = otherParent;
        name = otherName;
        otherParent.children.put(otherName, this);
    }

    /** Whether this is the other name, or lies below it. */
    boolean isUnder(Dentry ancestor) {
        Dentry at = this;
        while (at != ancestor && !at.isRoot()) {
            at = at.parent;
        }
        return at == ancestor;
    }

    /** Whether any mount is on this name, of whatever namespace: DCACHE_MOUNTED. */
    boolean hasMounts() {
        log.read(thing);
        return !mounts.isEmpty();
    }

    List<Mount> mounts() {
        log.read(thing);
        return mounts;
    }
}
