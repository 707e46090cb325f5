// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EEXIST;
import static dev.unraced.linux.Errno.ENOENT;
import static dev.unraced.linux.Errno.EPERM;

import dev.unraced.event.ByteString;
import dev.unraced.linux.OpenFlags;
import java.util.Arrays;

/**
 * All file systems and mounts of a simulated kernel. At first there are {@code /tmp}, {@code /proc}, and {@code /etc}
 * with {@code passwd} and {@code hostname}, and with {@code shadow} for root alone.
 *
 * <p>Each method is one atomic step; those that return an int return 0 or a negated error number. Paths are bytes
 * without NUL, and relative paths start at the caller's working directory. Modes are taken unchanged: the caller
 * applies its umask. Not thread-safe: it belongs to its kernel.
 */
public final class FileTree {
    private static final int ROOT_MAJOR = 8;
    private static final int ROOT_MINOR = 1;
    private static final int SOCKETS_MINOR = 8;

    private final Mounts mounts;
    private final ProcFs proc;
    private final MountNamespace namespace;
    private final Mount rootMount;
    /** The mount of sockfs, which is attached nowhere, as kern_mount() does it. */
    private final Mount sockets;

    public FileTree() {
        this.mounts = new Mounts();
        this.namespace = mounts.newNamespace();
        SuperBlock disk = new SuperBlock(ROOT_MAJOR, ROOT_MINOR, null);
        Dentry root = newRoot(disk);
        add(root, "tmp", FileType.DIRECTORY, 01777);
        Dentry etc = add(root, "etc", FileType.DIRECTORY, 0755);
        add(etc, "passwd", FileType.REGULAR, 0644);
        add(etc, "hostname", FileType.REGULAR, 0644);
        add(etc, "shadow", FileType.REGULAR, 0600);
        Dentry procPoint = add(root, "proc", FileType.DIRECTORY, 0555);
        this.rootMount = mounts.newMount(root);
        rootMount.becomeRootOf(namespace);
        this.proc = new ProcFs();
        mounts.newMount(proc.root()).attach(new Location(rootMount, procPoint), namespace);
        this.sockets = mounts.newMount(newRoot(new SuperBlock(0, SOCKETS_MINOR, null)));
    }

    /** Lets {@code /proc} show processes; until then it shows none. */
    public void showProcesses(ProcView processes) {
        proc.show(processes);
    }

    /** Returns the context of a first process, whose root and working directory are "/". */
    public FsContext newContext() {
        return new FsContext(rootMount.rootLocation(), rootMount.rootLocation(), namespace);
    }

    /** do_filp_open() of fs/namei.c, for flags that build_open_flags() of fs/open.c let pass. */
    public OpenAttempt open(FsCaller caller, int dirfd, byte[] path, OpenRequest request) {
        try {
            return new Opener(caller, dirfd, path, request).open();
        } catch (FsException e) {
            return OpenAttempt.failed(e.errno());
        }
    }

    /** Opens a file for a new socket, outside all trees, with an inode of sockfs. */
    public OpenFile socketFile(Object socket) {
        Dentry dentry = Dentry.root(ByteString.EMPTY, sockets.superBlock().newInode(FileType.SOCKET, 0, 0, 0777, null));
        return new OpenFile(new Location(sockets, dentry), OpenFlags.O_RDWR, false, socket);
    }

    public int makeFile(FsCaller caller, byte[] path, int mode) {
        return -make(caller, path, FileType.REGULAR, mode).error();
    }

    public int makeFifo(FsCaller caller, byte[] path, int mode) {
        return -make(caller, path, FileType.FIFO, mode).error();
    }

    public int makeDirectory(FsCaller caller, byte[] path, int mode) {
        return -make(caller, path, FileType.DIRECTORY, mode).error();
    }

    /** Makes the name that bind(2) gives to a UNIX socket; bind reports EEXIST as EADDRINUSE. */
    public InodeOrError makeSocket(FsCaller caller, byte[] path, int mode) {
        return make(caller, path, FileType.SOCKET, mode);
    }

    /** Makes the missing directories of a path, with mode 0755. */
    public int mkdirs(FsCaller caller, byte[] path) {
        for (int end = 1; end <= path.length; end++) {
            if (end == path.length || path[end] == '/') {
                int result = makeDirectory(caller, Arrays.copyOf(path, end), 0755);
                if (result != 0 && result != -EEXIST) {
                    return result;
                }
            }
        }
        return run(() -> lookup(caller, path, true, true));
    }

    public int symlink(FsCaller caller, byte[] target, byte[] path) {
        if (target.length == 0) {
            return -ENOENT;
        }
        Link link = new Link.Text(ByteString.copyOf(target));
        return run(() -> Directories.create(caller, path, FileType.SYMLINK, 0777, link));
    }

    /** Adds a second name to a file; a symbolic link gets the name itself. */
    public int link(FsCaller caller, byte[] existing, byte[] path) {
        return run(() -> Directories.link(caller, existing, path));
    }

    /** Renames a file, also over an existing name. */
    public int rename(FsCaller caller, byte[] from, byte[] to) {
        return run(() -> Directories.rename(caller, from, to, false));
    }

    /** RENAME_EXCHANGE of renameat2(2): swaps two names. */
    public int exchange(FsCaller caller, byte[] one, byte[] other) {
        return run(() -> Directories.rename(caller, one, other, true));
    }

    public int unlink(FsCaller caller, byte[] path) {
        return run(() -> Directories.unlink(caller, path));
    }

    public int rmdir(FsCaller caller, byte[] path) {
        return run(() -> Directories.rmdir(caller, path));
    }

    public int chdir(FsCaller caller, byte[] path) {
        return run(() -> {
            Location place = lookup(caller, path, true, true);
            Access.check(caller, place.inode(), Access.EXEC);
            caller.fs().setCwd(place);
        });
    }

    public int chmod(FsCaller caller, byte[] path, int mode) {
        return run(() -> {
            Inode inode = lookup(caller, path, true, false).inode();
            if (caller.uid() != inode.uid() && !caller.privileged()) {
                throw FsException.of(EPERM);
            }
            inode.setMode(mode);
        });
    }

    /** Shows the tree at one place at another place too, without the mounts below it. */
    public int bindMount(FsCaller caller, byte[] from, byte[] to) {
        return run(() -> mounts.bind(caller, from, to));
    }

    /**
     * Unmounts lazily, as umount2(2) with MNT_DETACH: open files stay open, on a mount that is attached nowhere. "/"
     * cannot be unmounted.
     */
    public int unmount(FsCaller caller, byte[] path) {
        return run(() -> mounts.unmount(caller, path));
    }

    /** open_tree(2) with OPEN_TREE_CLONE: opens a place on a copy of the mount that is attached nowhere. */
    public OpenAttempt openTree(FsCaller caller, byte[] path) {
        try {
            return OpenAttempt.opened(mounts.openTree(caller, path));
        } catch (FsException e) {
            return OpenAttempt.failed(e.errno());
        }
    }

    /** unshare(2) with CLONE_NEWNS: the caller's context, which must not be shared, moves to copies of all mounts. */
    public int unshare(FsCaller caller) {
        return run(() -> mounts.unshare(caller));
    }

    /** Returns the inode that a path leads to. */
    public InodeOrError stat(FsCaller caller, byte[] path) {
        return find(caller, path, true);
    }

    /** Returns the inode as {@link #stat} does, but does not follow a link at the end. */
    public InodeOrError lstat(FsCaller caller, byte[] path) {
        return find(caller, path, false);
    }

    /** Returns whether a caller may write to a file, as connect(2) asks of a UNIX socket. */
    public boolean mayWrite(FsCaller caller, Inode inode) {
        return Access.permits(caller, inode, Access.WRITE);
    }

    private InodeOrError make(FsCaller caller, byte[] path, FileType type, int mode) {
        try {
            return InodeOrError.of(Directories.create(caller, path, type, mode, null));
        } catch (FsException e) {
            return InodeOrError.failed(e.errno());
        }
    }

    private InodeOrError find(FsCaller caller, byte[] path, boolean follow) {
        try {
            return InodeOrError.of(lookup(caller, path, follow, false).inode());
        } catch (FsException e) {
            return InodeOrError.failed(e.errno());
        }
    }

    private Location lookup(FsCaller caller, byte[] path, boolean follow, boolean directory) throws FsException {
        return new PathWalk(caller, OpenFlags.AT_FDCWD, path, 0).lookup(follow, directory);
    }

    private Dentry newRoot(SuperBlock superBlock) {
        return Dentry.root(ByteString.utf8("/"), superBlock.newInode(FileType.DIRECTORY, 0, 0, 0755, null));
    }

    private static Dentry add(Dentry parent, String name, FileType type, int mode) {
        return parent.add(ByteString.utf8(name), parent.inode().superBlock().newInode(type, 0, 0, mode, null));
    }

    private interface Operation {
        void run() throws FsException;
    }

    private static int run(Operation operation) {
        try {
            operation.run();
            return 0;
        } catch (FsException e) {
            return -e.errno();
        }
    }
}
