// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EEXIST;
import static dev.unraced.linux.Errno.EISDIR;
import static dev.unraced.linux.Errno.ELOOP;
import static dev.unraced.linux.Errno.ENXIO;
import static dev.unraced.linux.Errno.EOPNOTSUPP;

import dev.unraced.event.ByteString;
import dev.unraced.linux.OpenFlags;
import org.jspecify.annotations.Nullable;

/** One open of a path: do_filp_open() of fs/namei.c. */
final class Opener {
    /** O_PATH_FLAGS of fs/open.c: the kernel ignores all other flags beside O_PATH. */
    private static final long PATH_FLAGS =
            OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;

    private final FsCaller caller;
    private final long flags;
    private final int mode;
    private final PathWalk walk;

    Opener(FsCaller caller, int dirfd, byte[] path, OpenRequest request) throws FsException {
        this.caller = caller;
        this.flags = request.has(OpenFlags.O_PATH) ? request.flags() & PATH_FLAGS : request.flags();
        this.mode = request.mode();
        this.walk = new PathWalk(caller, dirfd, path, request.resolve());
    }

    OpenAttempt open() throws FsException {
        // O_EXCL must not create a file through a link, as in build_open_flags().
        boolean follow = !has(OpenFlags.O_NOFOLLOW) && !(has(OpenFlags.O_CREAT) && has(OpenFlags.O_EXCL));
        boolean directory = has(OpenFlags.O_DIRECTORY);
        if (has(OpenFlags.O_TMPFILE_ALONE)) {
            return openUnnamed(walk.lookup(follow, true));
        }
        if (has(OpenFlags.O_PATH)) {
            return OpenAttempt.opened(file(walk.lookup(follow, directory), false));
        }
        PathNames rest = walk.begin(follow, directory);
        do {
            walk.walkToLast(rest);
            if (!walk.hasLastName()) {
                rest = walk.walkDots();
            } else if (has(OpenFlags.O_CREAT) && walk.trailingSlash()) {
                throw FsException.of(EISDIR);
            } else {
                Dentry dentry = walk.findLast();
                if (dentry == null && has(OpenFlags.O_CREAT)) {
                    return OpenAttempt.opened(file(create(walk.at(), walk.last()), true));
                }
                rest = walk.walkTrailing(dentry);
            }
        } while (rest != null);
        return openExisting();
    }

    private Location create(Location directory, ByteString name) throws FsException {
        Directories.checkCreate(caller, directory.dentry());
        Inode inode = directory.mount().superBlock().newInode(FileType.REGULAR, caller, mode & 07777, null);
        return new Location(directory.mount(), directory.dentry().add(name, inode));
    }

    /** do_open() and may_open(), for a file that this open did not create. */
    private OpenAttempt openExisting() throws FsException {
        Location place = walk.at();
        Inode inode = place.inode();
        if (has(OpenFlags.O_CREAT)) {
            if (has(OpenFlags.O_EXCL)) {
                throw FsException.of(EEXIST);
            }
            if (inode.isDirectory()) {
                throw FsException.of(EISDIR);
            }
        }
        walk.end();
        int access = Access.ofOpen(flags);
        if (inode.type() == FileType.SYMLINK) {
            throw FsException.of(ELOOP);
        }
        if (inode.isDirectory() && (access & Access.WRITE) != 0) {
            throw FsException.of(EISDIR);
        }
        Access.check(caller, inode, access);
        if (inode.type() == FileType.SOCKET) {
            throw FsException.of(ENXIO);
        }
        Fifo fifo = inode.fifo();
        Fifo.@Nullable Wait wait = fifo == null ? null : fifo.open(flags);
        return OpenAttempt.of(file(place, false), wait);
    }

    /** do_tmpfile(): no directory holds the name, which d_mark_tmpfile() of fs/dcache.c makes. */
    private OpenAttempt openUnnamed(Location directory) throws FsException {
        Access.check(caller, directory.inode(), Access.WRITE | Access.EXEC);
        SuperBlock superBlock = directory.mount().superBlock();
        if (superBlock.isFixed()) {
            throw FsException.of(EOPNOTSUPP);
        }
        Inode inode = superBlock.newInode(FileType.REGULAR, caller, mode & 07777, null);
        inode.addLinks(-1);
        Dentry dentry = Dentry.unhashed(ByteString.utf8("#" + inode.number()), directory.dentry(), inode);
        return OpenAttempt.opened(file(new Location(directory.mount(), dentry), false));
    }

    private OpenFile file(Location place, boolean created) {
        return new OpenFile(place, flags, created, null);
    }

    private boolean has(long flag) {
        return (flags & flag) != 0;
    }
}
