// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EBUSY;
import static dev.unraced.linux.Errno.EEXIST;
import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.EISDIR;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.ENOTDIR;
import static dev.unraced.linux.Errno.ENOTEMPTY;
import static dev.unraced.linux.Errno.EPERM;
import static dev.unraced.linux.Errno.EXDEV;

import dev.unraced.event.ByteString;
import dev.unraced.linux.OpenFlags;
import org.jspecify.annotations.Nullable;

/** Makes and removes names, with the checks of fs/namei.c in their order. */
final class Directories {
    private static final int STICKY = 01000;

    private Directories() {}

    static Inode create(FsCaller caller, byte[] path, FileType type, int mode, @Nullable Link link) throws FsException {
        PathWalk walk = walk(caller, path);
        Location directory = freeName(caller, walk, type == FileType.DIRECTORY);
        Inode inode = directory.mount().superBlock().newInode(type, caller, mode & 07777, link);
        directory.dentry().add(walk.last(), inode);
        return inode;
    }

    static void link(FsCaller caller, byte[] existing, byte[] path) throws FsException {
        Location old = walk(caller, existing).lookup(false, false);
        PathWalk walk = walk(caller, path);
        Location directory = freeName(caller, walk, false);
        if (old.mount() != directory.mount()) {
            throw FsException.of(EXDEV);
        }
        if (old.inode().isDirectory()) {
            throw FsException.of(EPERM);
        }
        if (old.inode().links() == 0) {
            throw FsException.of(ENOENT);
        }
        old.inode().addLinks(1);
        directory.dentry().add(walk.last(), old.inode());
    }

    static void unlink(FsCaller caller, byte[] path) throws FsException {
        PathWalk walk = walk(caller, path);
        Dentry directory = walk.parent().dentry();
        if (!walk.hasLastName()) {
            throw FsException.of(EISDIR);
        }
        Dentry victim = existing(walk);
        if (walk.trailingSlash()) {
            throw FsException.of(victim.isDirectory() ? EISDIR : ENOTDIR);
        }
        checkDelete(caller, directory, victim, false);
        checkNotMountpoint(caller, victim);
        remove(victim);
    }

    static void rmdir(FsCaller caller, byte[] path) throws FsException {
        PathWalk walk = walk(caller, path);
        Dentry directory = walk.parent().dentry();
        if (!walk.hasLastName()) {
            ByteString last = walk.last();
            throw FsException.of(last.isEmpty() ? EBUSY : last.length() == 1 ? EINVAL : ENOTEMPTY);
        }
        Dentry victim = existing(walk);
        checkDelete(caller, directory, victim, true);
        checkNotMountpoint(caller, victim);
        if (!victim.isEmpty()) {
            throw FsException.of(ENOTEMPTY);
        }
        remove(victim);
    }

    /** do_renameat2() and vfs_rename(). */
    static void rename(FsCaller caller, byte[] from, byte[] to, boolean exchange) throws FsException {
        PathWalk oldWalk = walk(caller, from);
        Location oldDirectory = oldWalk.parent();
        PathWalk newWalk = walk(caller, to);
        Location newDirectory = newWalk.parent();
        if (oldDirectory.mount() != newDirectory.mount()) {
            throw FsException.of(EXDEV);
        }
        if (!oldWalk.hasLastName() || !newWalk.hasLastName()) {
            throw FsException.of(EBUSY);
        }
        Dentry source = existing(oldWalk);
        Dentry target = exchange ? existing(newWalk) : newWalk.findLast();
        if (exchange && newWalk.trailingSlash() && target != null && !target.isDirectory()) {
            throw FsException.of(ENOTDIR);
        }
        if (!source.isDirectory() && (oldWalk.trailingSlash() || (!exchange && newWalk.trailingSlash()))) {
            throw FsException.of(ENOTDIR);
        }
        if (newDirectory.dentry().isUnder(source)) {
            throw FsException.of(EINVAL);
        }
        if (target != null && oldDirectory.dentry().isUnder(target)) {
            throw FsException.of(exchange ? EINVAL : ENOTEMPTY);
        }
        if (target != null && source.inode() == target.inode()) {
            return;
        }
        checkRename(caller, oldDirectory.dentry(), source, newDirectory.dentry(), target, exchange);
        if (exchange && target != null) {
            source.exchange(target);
            return;
        }
        if (target != null) {
            if (target.isDirectory() && !target.isEmpty()) {
                throw FsException.of(ENOTEMPTY);
            }
            remove(target);
        }
        source.move(newDirectory.dentry(), newWalk.last());
    }

    private static void checkRename(
            FsCaller caller,
            Dentry oldParent,
            Dentry source,
            Dentry newParent,
            @Nullable Dentry target,
            boolean exchange)
            throws FsException {
        checkDelete(caller, oldParent, source, source.isDirectory());
        if (target == null) {
            checkCreate(caller, newParent);
        } else {
            checkDelete(caller, newParent, target, exchange ? target.isDirectory() : source.isDirectory());
        }
        if (oldParent != newParent) {
            // The ".." entry of a moved directory changes, so the directory must be writable.
            if (source.isDirectory()) {
                Access.check(caller, source.inode(), Access.WRITE);
            }
            if (exchange && target != null && target.isDirectory()) {
                Access.check(caller, target.inode(), Access.WRITE);
            }
        }
        checkNotMountpoint(caller, source);
        if (target != null) {
            checkNotMountpoint(caller, target);
        }
    }

    /** may_create(), and the error that procfs answers to every name that it lacks. */
    static void checkCreate(FsCaller caller, Dentry directory) throws FsException {
        if (directory.isDeleted() || directory.inode().superBlock().isFixed()) {
            throw FsException.of(ENOENT);
        }
        Access.check(caller, directory.inode(), Access.WRITE | Access.EXEC);
    }

    /** filename_create(): returns the directory for a name that must not exist yet. */
    private static Location freeName(FsCaller caller, PathWalk walk, boolean forDirectory) throws FsException {
        Location directory = walk.parent();
        if (!walk.hasLastName() || walk.findLast() != null) {
            throw FsException.of(EEXIST);
        }
        if (walk.trailingSlash() && !forDirectory) {
            throw FsException.of(ENOENT);
        }
        checkCreate(caller, directory.dentry());
        return directory;
    }

    private static Dentry existing(PathWalk walk) throws FsException {
        Dentry dentry = walk.findLast();
        if (dentry == null) {
            throw FsException.of(ENOENT);
        }
        return dentry;
    }

    /** may_delete(). */
    private static void checkDelete(FsCaller caller, Dentry directory, Dentry victim, boolean asDirectory)
            throws FsException {
        Inode parent = directory.inode();
        Access.check(caller, parent, Access.WRITE | Access.EXEC);
        boolean guarded = (parent.mode() & STICKY) != 0
                && caller.uid() != victim.inode().uid()
                && caller.uid() != parent.uid()
                && !caller.privileged();
        if (guarded) {
            throw FsException.of(EPERM);
        }
        if (asDirectory != victim.isDirectory()) {
            throw FsException.of(asDirectory ? ENOTDIR : EISDIR);
        }
        if (parent.superBlock().isFixed()) {
            throw FsException.of(EPERM);
        }
    }

    /** is_local_mountpoint(): only a mount of the caller's own namespace protects a name; other mounts go with it. */
    private static void checkNotMountpoint(FsCaller caller, Dentry dentry) throws FsException {
        MountNamespace own = caller.fs().namespace();
        for (Mount mount : dentry.mounts()) {
            if (mount.namespace() == own) {
                throw FsException.of(EBUSY);
            }
        }
    }

    private static void remove(Dentry victim) {
        victim.remove();
        for (Mount mount : victim.mounts().toArray(Mount[]::new)) {
            mount.detach();
        }
    }

    private static PathWalk walk(FsCaller caller, byte[] path) throws FsException {
        return new PathWalk(caller, OpenFlags.AT_FDCWD, path, 0);
    }
}
