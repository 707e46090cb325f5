// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.base.AccessLog;
import dev.unraced.sim.fs.OpenFile;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table of descriptors (struct files_struct), shared by the threads of a process. */
public final class Descriptors {
    /** What RLIMIT_NOFILE is by default. */
    static final int LIMIT = 1 << 20;

    private final AccessLog log;
    private final Consumer<OpenFile> closed;
    private final long thing;
    /** Of the number of users, which changes apart from the table. */
    private final long usersThing;

    private @Nullable OpenFile[] files = new @Nullable OpenFile[16];
    private boolean[] taken = new boolean[16];
    private int users = 1;

    /**
     * An empty table.
     *
     * @param closed told of each file whose last reference is gone
     */
    Descriptors(AccessLog log, Consumer<OpenFile> closed) {
        this.log = log;
        this.closed = closed;
        this.thing = log.newThing();
        this.usersThing = log.newThing();
    }

    /** The file behind a descriptor, or null. */
    public @Nullable OpenFile get(int fd) {
        log.read(thing);
        return fd >= 0 && fd < files.length ? files[fd] : null;
    }

    /** Takes the lowest free number that is at least {@code lowest}, without a file behind it; -1 beyond the limit. */
    int reserve(int lowest) {
        log.write(thing);
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
        log.write(thing);
        files[fd] = file;
    }

    /** Gives back a number behind which nothing was installed (put_unused_fd). */
    void giveBack(int fd) {
        log.write(thing);
        taken[fd] = false;
    }

    /** The lowest number that a new descriptor can have, with a file behind it; takes over the caller's reference. */
    public int add(OpenFile file) {
        int fd = reserve(0);
        install(fd, file);
        return fd;
    }

    /** close(2); false (EBADF) when there is none. */
    public boolean close(int fd) {
        OpenFile file = get(fd);
        if (file == null) {
            return false;
        }
        log.write(thing);
        files[fd] = null;
        taken[fd] = false;
        if (file.release()) {
            closed.accept(file);
        }
        return true;
    }

    /**
     * dup2(2); false (EBADF) when {@code from} is none, or (EBUSY) when an open has reserved {@code to} and not yet put
     * its file there: do_dup2 of fs/file.c.
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

    /** Another task shares the table (CLONE_FILES). */
    Descriptors share() {
        log.write(usersThing);
        users++;
        return this;
    }

    /** Whether several tasks use the table, so that one can replace what another has just opened. */
    public boolean isShared() {
        log.read(usersThing);
        return users > 1;
    }

    /** A copy for a new process (fork). */
    Descriptors copy() {
        Descriptors copy = new Descriptors(log, closed);
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

    /** A task that used the table is gone; the last one closes everything. */
    void leave() {
        log.write(usersThing);
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
