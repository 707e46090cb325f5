// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.EPERM;

import dev.unraced.linux.OpenFlags;
import java.util.HashMap;
import java.util.Map;

/** Changes mounts as fs/namespace.c does; all mounts are private. */
final class Mounts {
    /** Numbers of namespaces follow this one, as those of procfs do: PROC_DYNAMIC_FIRST of fs/proc/generic.c. */
    private static final long FIRST_NUMBER = 0xF0000000L;

    private long lastNamespace = FIRST_NUMBER;
    private long lastMount;

    MountNamespace newNamespace() {
        return new MountNamespace(++lastNamespace);
    }

    /** Creates a mount that is attached nowhere. */
    Mount newMount(Dentry root) {
        return new Mount(++lastMount, root);
    }

    /** MS_BIND of mount(2), not recursive. */
    void bind(FsCaller caller, byte[] from, byte[] to) throws FsException {
        checkPrivileged(caller);
        Location place = lookup(caller, to);
        Location source = lookup(caller, from);
        checkOwn(caller, place);
        checkOwn(caller, source);
        if (source.inode().isDirectory() != place.inode().isDirectory()) {
            throw FsException.of(ENOTDIR);
        }
        if (place.dentry().isDeleted()) {
            throw FsException.of(ENOENT);
        }
        newMount(source.dentry()).attach(place.covered(), caller.fs().namespace());
    }

    /** umount2(2) with MNT_DETACH: open files on the mount stay open. */
    void unmount(FsCaller caller, byte[] path) throws FsException {
        checkPrivileged(caller);
        Location place = lookup(caller, path);
        checkOwn(caller, place);
        Mount mount = place.mount();
        if (place.dentry() != mount.root() || !mount.hasParent()) {
            throw FsException.of(EINVAL);
        }
        mount.detach();
    }

    /** open_tree(2) with OPEN_TREE_CLONE, not recursive. */
    OpenFile openTree(FsCaller caller, byte[] path) throws FsException {
        checkPrivileged(caller);
        Location place = lookup(caller, path);
        checkOwn(caller, place);
        return new OpenFile(newMount(place.dentry()).rootLocation(), OpenFlags.O_PATH, false, null);
    }

    /** unshare(2) with CLONE_NEWNS: copy_mnt_ns(). */
    void unshare(FsCaller caller) throws FsException {
        checkPrivileged(caller);
        FsContext context = caller.fs();
        MountNamespace copy = newNamespace();
        Map<Mount, Mount> clones = new HashMap<>();
        Mount root = clone(context.namespace().root(), copy, clones);
        root.becomeRootOf(copy);
        context.move(moved(context.root(), clones), moved(context.cwd(), clones), copy);
    }

    private Mount clone(Mount mount, MountNamespace owner, Map<Mount, Mount> clones) {
        Mount clone = newMount(mount.root());
        clones.put(mount, clone);
        for (Mount child : mount.children()) {
            clone(child, owner, clones).attach(new Location(clone, child.mountpoint()), owner);
        }
        return clone;
    }

    private static Location moved(Location place, Map<Mount, Mount> clones) {
        return new Location(clones.getOrDefault(place.mount(), place.mount()), place.dentry());
    }

    /** check_mnt(): fails unless the mount is in the caller's namespace. */
    private static void checkOwn(FsCaller caller, Location place) throws FsException {
        if (place.mount().namespace() != caller.fs().namespace()) {
            throw FsException.of(EINVAL);
        }
    }

    private static void checkPrivileged(FsCaller caller) throws FsException {
        if (!caller.privileged()) {
            throw FsException.of(EPERM);
        }
    }

    private static Location lookup(FsCaller caller, byte[] path) throws FsException {
        return new PathWalk(caller, OpenFlags.AT_FDCWD, path, 0).lookup(true, false);
    }
}
