// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.sim.base.AccessLog;

/** Root, working directory and mount namespace of a process, shared by its threads: {@code struct fs_struct}. */
public final class FsContext {
    private final AccessLog log;
    private final long thing;
    private Location root;
    private Location cwd;
    private MountNamespace namespace;

    FsContext(AccessLog log, Location root, Location cwd, MountNamespace namespace) {
        this.log = log;
        this.thing = log.newThing();
        this.root = root;
        this.cwd = cwd;
        this.namespace = namespace;
    }

    /** Returns a separate context for a new process. */
    public FsContext copy() {
        log.read(thing);
        return new FsContext(log, root, cwd, namespace);
    }

    /** Returns a separate context for a process that leaves this one to others (unshare of CLONE_FS). */
    public FsContext leave() {
        log.write(thing);
        return copy();
    }

    public Location root() {
        log.read(thing);
        return root;
    }

    public Location cwd() {
        log.read(thing);
        return cwd;
    }

    public MountNamespace namespace() {
        log.read(thing);
        return namespace;
    }

    /** chroot(2), without its checks. */
    public void setRoot(Location place) {
        log.write(thing);
        root = place;
    }

    void setCwd(Location place) {
        log.write(thing);
        cwd = place;
    }

    void move(Location newRoot, Location newCwd, MountNamespace newNamespace) {
        log.write(thing);
        root = newRoot;
        cwd = newCwd;
        namespace = newNamespace;
    }
}
