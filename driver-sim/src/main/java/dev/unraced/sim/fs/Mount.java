// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a file system, seen at some place: {@code struct mount}. */
public final class Mount {
    private final long number;
    private final SuperBlock superBlock;
    private final Dentry root;
    private final Map<Dentry, Mount> mounted = new LinkedHashMap<>();
    private Mount parent;
    private Dentry mountpoint;
    private @Nullable MountNamespace namespace;

    /**
     * Creates a mount that is attached nowhere.
     *
     * @param number not 0, and unique on the machine
     */
    Mount(long number, Dentry root) {
        this.number = number;
        this.superBlock = root.inode().superBlock();
        this.root = root;
        this.parent = this;
        this.mountpoint = root;
    }

    public SuperBlock superBlock() {
        return superBlock;
    }

    public Dentry root() {
        return root;
    }

    /** The number of the mount, unique on its machine. */
    long number() {
        return number;
    }

    /** The mount that this mount is mounted on; this mount itself when there is none. */
    public Mount parent() {
        return parent;
    }

    /** The name that this mount covers; its own root when it is mounted nowhere. */
    public Dentry mountpoint() {
        return mountpoint;
    }

    /** The namespace of the mount; null when the mount is attached nowhere. */
    public @Nullable MountNamespace namespace() {
        return namespace;
    }

    Location rootLocation() {
        return new Location(this, root);
    }

    boolean hasParent() {
        return parent != this;
    }

    /** Returns the mount right over a name of this mount, or null. */
    @Nullable
    Mount mountedOn(Dentry dentry) {
        return dentry.hasMounts() ? mounted.get(dentry) : null;
    }

    /** The mounts right over names of this mount. */
    public Collection<Mount> children() {
        return mounted.values();
    }

    /** Makes this mount the root of a namespace. */
    void becomeRootOf(MountNamespace owner) {
        namespace = owner;
        owner.setRoot(this);
    }

    void attach(Location place, MountNamespace owner) {
        parent = place.mount();
        mountpoint = place.dentry();
        namespace = owner;
        parent.mounted.put(mountpoint, this);
        mountpoint.mounts().add(this);
    }

    /** Takes this mount, and the mounts on it, out of the tree: umount_tree() of fs/namespace.c for a lazy unmount. */
    void detach() {
        for (Mount child : mounted.values().toArray(Mount[]::new)) {
            child.detach();
        }
        if (parent != this) {
            mountpoint.mounts().remove(this);
            parent.mounted.remove(mountpoint);
        }
        parent = this;
        mountpoint = root;
        namespace = null;
    }
}
