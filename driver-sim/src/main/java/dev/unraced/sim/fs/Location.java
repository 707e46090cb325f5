// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** A place in the tree: {@code struct path}. Equal when both parts are the same objects. */
public record Location(Mount mount, Dentry dentry) {
    Inode inode() {
        return dentry.inode();
    }

    /** The topmost of the mounts stacked here, or this place itself; as handle_mounts() of fs/namei.c. */
    Location covered() {
        Location at = this;
        Mount over = mount.mountedOn(dentry);
        while (over != null) {
            at = over.rootLocation();
            over = over.mountedOn(over.root());
        }
        return at;
    }
}
