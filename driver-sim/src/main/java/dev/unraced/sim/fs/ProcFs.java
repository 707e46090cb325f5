// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import dev.unraced.event.ByteString;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /proc}: {@code self}, and for each process the links {@code root}, {@code cwd} and {@code fd/N}, and
 * {@code status}. Every process may look at every other. Names are made when they are first looked up; the numbers of
 * their inodes follow from process and descriptor alone.
 */
final class ProcFs implements SuperBlock.DynamicNames {
    private static final int MAJOR = 0;
    private static final int MINOR = 21;
    private static final long ROOT_INODE = 1;
    private static final long SELF_INODE = 2;
    /** The bits of an inode number below the process number. */
    private static final int KIND_BITS = 32;

    private static final int DIRECTORY = 1;
    private static final int ROOT = 2;
    private static final int CWD = 3;
    private static final int STATUS = 4;
    private static final int DESCRIPTORS = 5;
    private static final int FIRST_DESCRIPTOR = 16;

    private final SuperBlock superBlock;
    private final Dentry root;
    private final Dentry self;
    private @Nullable ProcView view;

    ProcFs() {
        this.superBlock = new SuperBlock(MAJOR, MINOR, this);
        this.root = Dentry.root(ByteString.utf8("/"), inode(ROOT_INODE, FileType.DIRECTORY, 0555, null));
        this.self = root.add(ByteString.utf8("self"), inode(SELF_INODE, FileType.SYMLINK, 0777, new Link.Self()));
    }

    Dentry root() {
        return root;
    }

    void show(ProcView processes) {
        view = processes;
    }

    @Override
    public @Nullable Dentry lookup(Dentry directory, ByteString name) {
        if (directory == root) {
            return name.equals(self.name()) ? self : process(name);
        }
        long number = directory.inode().number();
        int tgid = (int) (number >>> KIND_BITS);
        if (view == null || view.contextOf(tgid) == null) {
            return null;
        }
        return (int) number == DIRECTORY
                ? ofProcess(view, directory, tgid, name)
                : descriptor(view, directory, tgid, name);
    }

    private @Nullable Dentry process(ByteString name) {
        int tgid = decimal(name);
        if (tgid <= 0 || view == null || view.contextOf(tgid) == null) {
            return null;
        }
        return entry(root, name, tgid, DIRECTORY, FileType.DIRECTORY, 0555, null);
    }

    private @Nullable Dentry ofProcess(ProcView processes, Dentry directory, int tgid, ByteString name) {
        return switch (name.toUtf8()) {
            case "root" ->
                entry(directory, name, tgid, ROOT, FileType.SYMLINK, 0777, jump(processes, tgid, FsContext::root));
            case "cwd" ->
                entry(directory, name, tgid, CWD, FileType.SYMLINK, 0777, jump(processes, tgid, FsContext::cwd));
            case "status" -> entry(directory, name, tgid, STATUS, FileType.REGULAR, 0444, null);
            case "fd" -> entry(directory, name, tgid, DESCRIPTORS, FileType.DIRECTORY, 0555, null);
            default -> null;
        };
    }

    private static Link jump(ProcView processes, int tgid, Function<FsContext, Location> place) {
        return new Link.Jump(() -> {
            FsContext context = processes.contextOf(tgid);
            return context == null ? null : place.apply(context);
        });
    }

    private @Nullable Dentry descriptor(ProcView processes, Dentry directory, int tgid, ByteString name) {
        int fd = decimal(name);
        if (fd < 0 || processes.descriptorOf(tgid, fd) == null) {
            return null;
        }
        Link link = new Link.Jump(() -> {
            OpenFile file = processes.descriptorOf(tgid, fd);
            return file == null ? null : file.location();
        });
        return entry(directory, name, tgid, FIRST_DESCRIPTOR + fd, FileType.SYMLINK, 0700, link);
    }

    private Dentry entry(
            Dentry directory, ByteString name, int tgid, int kind, FileType type, int mode, @Nullable Link link) {
        Dentry known = directory.child(name);
        if (known != null) {
            return known;
        }
        return directory.add(name, inode((long) tgid << KIND_BITS | kind, type, mode, link));
    }

    private Inode inode(long number, FileType type, int mode, @Nullable Link link) {
        return new Inode(superBlock, number, type, 0, 0, mode, link);
    }

    /** Returns a number as procfs takes it, without leading zeros; -1 for any other text. */
    private static int decimal(ByteString name) {
        int length = name.length();
        if (length == 0 || length > 9 || (length > 1 && name.byteAt(0) == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < length; i++) {
            int digit = name.byteAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
