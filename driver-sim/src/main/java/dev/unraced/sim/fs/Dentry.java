// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A name of an inode: {@code struct dentry}. */
public final class Dentry {
    private final long number;
    private final Inode inode;
    private final Names children = new Names();
    /** All mounts on this name, of all namespaces: m_list of {@code struct mountpoint}. */
    private final List<Mount> mounts = new ArrayList<>(0);

    private ByteString name;
    private Dentry parent;
    private boolean deleted;
    /** {@code d_seq}, which counts the changes of name, parent and existence. */
    private int sequence;

    private Dentry(ByteString name, @Nullable Dentry parent, Inode inode) {
        this.number = inode.superBlock().newDentryNumber();
        this.name = name;
        this.inode = inode;
        this.parent = parent == null ? this : parent;
    }

    /** The number of the entry, unique in its file system; never 0. */
    long number() {
        return number;
    }

    /** Creates a name that is its own parent: the root of a file system ("/"), or a file outside all trees. */
    static Dentry root(ByteString name, Inode inode) {
        return new Dentry(name, null, inode);
    }

    /** Creates a name that no directory holds until {@link #add}. */
    static Dentry unhashed(ByteString name, Dentry parent, Inode inode) {
        Dentry dentry = new Dentry(name, parent, inode);
        dentry.deleted = true;
        return dentry;
    }

    /** The name; for a root, "/" or the text that {@code /proc/PID/fd} would show. */
    public ByteString name() {
        return name;
    }

    /** The parent; a root is its own parent. */
    public Dentry parent() {
        return parent;
    }

    public Inode inode() {
        return inode;
    }

    /** {@code d_seq}, which changes when the name is renamed or removed. */
    int sequence() {
        return sequence;
    }

    public boolean isDirectory() {
        return inode.isDirectory();
    }

    /** Returns whether the name is gone, or was never there (O_TMPFILE): d_unlinked() of include/linux/dcache.h. */
    public boolean isDeleted() {
        return deleted;
    }

    boolean isRoot() {
        return parent == this;
    }

    @Nullable
    Dentry child(ByteString childName) {
        return children.get(childName);
    }

    /** Returns the entry named by the bytes {@code from} to {@code to} of a path, or null. */
    @Nullable
    Dentry child(byte[] path, int from, int to) {
        return children.get(path, from, to);
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    /** Creates an entry. */
    Dentry add(ByteString childName, Inode childInode) {
        Dentry child = new Dentry(childName, this, childInode);
        children.put(childName, child);
        return child;
    }

    /** Removes this name; tasks that have the file open keep it. */
    void remove() {
        parent.children.remove(name);
        deleted = true;
        sequence++;
        inode.addLinks(-1);
    }

    /** Moves this name to a new name that must be free: d_move() of fs/dcache.c. */
    void move(Dentry newParent, ByteString newName) {
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
        other.parent = parent;
        other.name = name;
        other.sequence++;
        sequence++;
        parent.children.put(name, other);
        parent = otherParent;
        name = otherName;
        otherParent.children.put(otherName, this);
    }

    /** Returns whether this is the other name, or lies below it. */
    boolean isUnder(Dentry ancestor) {
        Dentry at = this;
        while (at != ancestor && !at.isRoot()) {
            at = at.parent;
        }
        return at == ancestor;
    }

    /** Returns whether any mount of any namespace is on this name: DCACHE_MOUNTED. */
    boolean hasMounts() {
        return !mounts.isEmpty();
    }

    List<Mount> mounts() {
        return mounts;
    }
}
