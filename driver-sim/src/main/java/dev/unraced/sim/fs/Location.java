// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** A place in the tree: {@code struct path}. Equal when both parts are the same objects. */
public record Location(Mount mount, Dentry dentry) {
    /** Tells the mount from all others: the first half of a {@link Place}. */
    public long mountNumber() {
        return mount.thing();
    }

    /** Tells the directory entry from all others: the second half of a {@link Place}. */
    public long dentryNumber() {
        return dentry.thing();
    }

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
