// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** Root, working directory and mount namespace of a process, shared by its threads: {@code struct fs_struct}. */
public final class FsContext {
    private Location root;
    private Location cwd;
    private MountNamespace namespace;

    FsContext(Location root, Location cwd, MountNamespace namespace) {
        this.root = root;
        this.cwd = cwd;
        this.namespace = namespace;
    }

    /** Returns a separate context, for a new process or one that leaves this one to others (unshare of CLONE_FS). */
    public FsContext copy() {
        return new FsContext(root, cwd, namespace);
    }

    public Location root() {
        return root;
    }

    public Location cwd() {
        return cwd;
    }

    public MountNamespace namespace() {
        return namespace;
    }

    /** chroot(2), without its checks. */
    public void setRoot(Location place) {
        root = place;
    }

    void setCwd(Location place) {
        cwd = place;
    }

    void move(Location newRoot, Location newCwd, MountNamespace newNamespace) {
        root = newRoot;
        cwd = newCwd;
        namespace = newNamespace;
    }
}
