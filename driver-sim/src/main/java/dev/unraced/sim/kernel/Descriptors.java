// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.fs.OpenFile;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table of descriptors (struct files_struct), shared by the threads of a process. */
public final class Descriptors {
    /** The default of RLIMIT_NOFILE. */
    static final int LIMIT = 1 << 20;

    private final Consumer<OpenFile> closed;

    private @Nullable OpenFile[] files = new @Nullable OpenFile[16];
    private boolean[] taken = new boolean[16];
    private int users = 1;

    /**
     * Creates an empty table.
     *
     * @param closed called with each file whose last reference is dropped
     */
    Descriptors(Consumer<OpenFile> closed) {
        this.closed = closed;
    }

    /** Returns the file behind a descriptor, or null. */
    public @Nullable OpenFile get(int fd) {
        return fd >= 0 && fd < files.length ? files[fd] : null;
    }

    /**
     * Reserves the lowest free number that is at least {@code lowest}, without a file behind it.
     *
     * @return the number, or -1 beyond the limit
     */
    int reserve(int lowest) {
        int fd = lowest;
        while (fd < taken.length && taken[fd]) {
            fd++;
        }
        if (fd >= LIMIT) {
            return -1;
        }
        if (fd >= taken.length) {
            int size = Math.max(fd + 1, 2 * taken.length);
            taken = Arrays.copyOf(taken, size);
            files = Arrays.copyOf(files, size);
        }
        taken[fd] = true;
        return fd;
    }

    /** Puts a file behind a reserved number (fd_install); the table takes over the caller's reference. */
    void install(int fd, OpenFile file) {
        files[fd] = file;
    }

    /** Frees a reserved number behind which nothing was installed (put_unused_fd). */
    void giveBack(int fd) {
        taken[fd] = false;
    }

    /**
     * Puts a file behind the lowest free number, and returns that number. The table takes over the caller's reference.
     */
    public int add(OpenFile file) {
        int fd = reserve(0);
        install(fd, file);
        return fd;
    }

    /** close(2); returns false (EBADF) when no file is behind the descriptor. */
    public boolean close(int fd) {
        OpenFile file = get(fd);
        if (file == null) {
            return false;
        }
        files[fd] = null;
        taken[fd] = false;
        if (file.release()) {
            closed.accept(file);
        }
        return true;
    }

    /**
     * dup2(2). It returns false (EBADF) when no file is behind {@code from}, or (EBUSY) when an open has reserved
     * {@code to} and not yet installed its file: do_dup2 of fs/file.c.
     */
    public boolean duplicate(int from, int to) {
        OpenFile file = get(from);
        if (file == null || to < 0 || to >= LIMIT) {
            return false;
        }
        if (from != to) {
            OpenFile old = get(to);
            if (old == null && to < taken.length && taken[to]) {
                return false;
            }
            file.retain();
            if (old != null) {
                close(to);
            }
            reserve(to);
            install(to, file);
        }
        return true;
    }

    /** Adds a task that shares the table (CLONE_FILES). */
    Descriptors share() {
        users++;
        return this;
    }

    /**
     * Returns whether several tasks use the table, so that one task can replace a file that another has just opened.
     */
    public boolean isShared() {
        return users > 1;
    }

    /** Returns a copy for a new process (fork). */
    Descriptors copy() {
        Descriptors copy = new Descriptors(closed);
        for (int fd = 0; fd < files.length; fd++) {
            OpenFile file = files[fd];
            if (file != null) {
                file.retain();
                copy.reserve(fd);
                copy.install(fd, file);
            }
        }
        return copy;
    }

    /** Removes a user of the table; the last one to leave closes all files. */
    void leave() {
        users--;
        if (users == 0) {
            for (int fd = 0; fd < files.length; fd++) {
                if (files[fd] != null) {
                    close(fd);
                }
            }
        }
    }
}
