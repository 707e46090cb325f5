// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import dev.unraced.linux.OpenFlags;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file tree with two users, root and user 1000, in one process each. */
final class World implements ProcView {
    final FileTree tree = new FileTree();
    final Caller root = new Caller(1, 0, tree.newContext());
    final Caller user = new Caller(42, 1000, tree.newContext());
    private final Map<Integer, Caller> processes = new HashMap<>();

    World() {
        tree.showProcesses(this);
        add(root);
        add(user);
    }

    void add(Caller caller) {
        processes.put(caller.tgid(), caller);
    }

    void kill(Caller caller) {
        processes.remove(caller.tgid());
    }

    @Override
    public @Nullable FsContext contextOf(int tgid) {
        Caller caller = processes.get(tgid);
        return caller == null ? null : caller.fs();
    }

    @Override
    public @Nullable OpenFile descriptorOf(int tgid, int fd) {
        Caller caller = processes.get(tgid);
        return caller == null ? null : caller.descriptor(fd);
    }

    static byte[] bytes(String path) {
        return ByteString.utf8(path).toByteArray();
    }

    /** A process of one thread, with operations that take paths as text. */
    final class Caller implements FsCaller {
        private final int tgid;
        private final long uid;
        private final FsContext fs;
        private final Map<Integer, OpenFile> descriptors = new HashMap<>();

        Caller(int tgid, long uid, FsContext fs) {
            this.tgid = tgid;
            this.uid = uid;
            this.fs = fs;
        }

        @Override
        public FsContext fs() {
            return fs;
        }

        @Override
        public long uid() {
            return uid;
        }

        @Override
        public long gid() {
            return uid;
        }

        @Override
        public boolean privileged() {
            return uid == 0;
        }

        @Override
        public int tgid() {
            return tgid;
        }

        @Override
        public @Nullable OpenFile descriptor(int fd) {
            return descriptors.get(fd);
        }

        void keep(int fd, OpenFile file) {
            descriptors.put(fd, file);
        }

        OpenAttempt attempt(int dirfd, String path, long flags, long resolve) {
            return tree.open(this, dirfd, bytes(path), new OpenRequest(flags, 0644, resolve));
        }

        OpenAttempt attempt(String path, long flags) {
            return attempt(OpenFlags.AT_FDCWD, path, flags, 0);
        }

        /** Returns the error of an open that does not wait, or 0. */
        int error(String path, long flags) {
            OpenAttempt attempt = attempt(path, flags);
            assertThat(attempt.waits()).isFalse();
            assertThat(attempt.file() == null).isEqualTo(attempt.error() != 0);
            return attempt.error();
        }

        OpenFile open(String path, long flags) {
            return opened(attempt(path, flags));
        }

        OpenFile openAt(int dirfd, String path, long flags) {
            return opened(attempt(dirfd, path, flags, 0));
        }

        String resolved(String path, long flags) {
            return open(path, flags).resolve(fs).path().toUtf8();
        }

        void file(String path) {
            assertThat(tree.makeFile(this, bytes(path), 0644)).isZero();
        }

        void directory(String path) {
            assertThat(tree.makeDirectory(this, bytes(path), 0755)).isZero();
        }

        void fifo(String path) {
            assertThat(tree.makeFifo(this, bytes(path), 0666)).isZero();
        }

        void symlink(String target, String path) {
            assertThat(tree.symlink(this, bytes(target), bytes(path))).isZero();
        }

        void bind(String from, String to) {
            assertThat(tree.bindMount(this, bytes(from), bytes(to))).isZero();
        }

        void chdir(String path) {
            assertThat(tree.chdir(this, bytes(path))).isZero();
        }

        int rename(String from, String to) {
            return tree.rename(this, bytes(from), bytes(to));
        }

        int unlink(String path) {
            return tree.unlink(this, bytes(path));
        }

        int rmdir(String path) {
            return tree.rmdir(this, bytes(path));
        }

        Inode inode(String path) {
            InodeOrError found = tree.stat(this, bytes(path));
            assertThat(found.error()).isZero();
            assertThat(found.inode()).isNotNull();
            return found.inode();
        }
    }

    static OpenFile opened(OpenAttempt attempt) {
        OpenFile file = attempt.file();
        assertThat(attempt.error()).isZero();
        assertThat(file).isNotNull();
        return file;
    }
}
