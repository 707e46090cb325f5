// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

/** A place in the tree: {@code struct path}. Places are equal when both parts are the same objects. */
public record Location(Mount mount, Dentry dentry) {
    /** The number of the mount, unique on its machine; 0 is the number of none. */
    public long mountNumber() {
        return mount.number();
    }

    /** The number of the directory entry, unique in its file system; 0 is the number of none. */
    public long dentryNumber() {
        return dentry.number();
    }

    Inode inode() {
        return dentry.inode();
    }

    /** Returns the root of the topmost mount stacked here, or this place itself: handle_mounts() of fs/namei.c. */
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
