// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.sim.base.AccessLog;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a file system, seen at some place: {@code struct mount}. */
public final class Mount {
    private final AccessLog log;
    private final long thing;
    private final SuperBlock superBlock;
    private final Dentry root;
    private final Map<Dentry, Mount> mounted = new LinkedHashMap<>();
    private Mount parent;
    private Dentry mountpoint;
    private @Nullable MountNamespace namespace;

    Mount(AccessLog log, Dentry root) {
        this.log = log;
        this.thing = log.newThing();
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

    /** The number of the mount, unique in the log. */
    long thing() {
        return thing;
    }

    /** The mount that this mount is mounted on; this mount itself when there is none. */
    public Mount parent() {
        log.read(thing);
        return parent;
    }

    /** The name that this mount covers; its own root when it is mounted nowhere. */
    public Dentry mountpoint() {
        log.read(thing);
        return mountpoint;
    }

    /** The namespace of the mount; null when the mount is attached nowhere. */
    public @Nullable MountNamespace namespace() {
        log.read(thing);
        return namespace;
    }

    Location rootLocation() {
        return new Location(this, root);
    }

    boolean hasParent() {
        log.read(thing);
        return parent != this;
    }

    /** Returns the mount right over a name of this mount, or null. The log counts mounting as a write to the name. */
    @Nullable
    Mount mountedOn(Dentry dentry) {
        return dentry.hasMounts() ? mounted.get(dentry) : null;
    }

    Collection<Mount> children() {
        return mounted.values();
    }

    /** Makes this mount the root of a namespace. */
    void becomeRootOf(MountNamespace owner) {
        namespace = owner;
        owner.setRoot(this);
    }

    void attach(Location place, MountNamespace owner) {
        log.write(thing);
        log.write(place.dentry().thing());
        log.write(owner.thing());
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
        log.write(thing);
        if (namespace != null) {
            log.write(namespace.thing());
        }
        if (parent != this) {
            log.write(mountpoint.thing());
            mountpoint.mounts().remove(this);
            parent.mounted.remove(mountpoint);
        }
        parent = this;
        mountpoint = root;
        namespace = null;
    }
}
