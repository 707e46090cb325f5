// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.sim.base.Errno;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.net.Socket;
import java.nio.charset.StandardCharsets;

/** A process of a simulated machine. */
public final class SimProcess {
    /** The user that processes run as unless told otherwise. */
    static final long FIRST_USER = 1000;
    /** A buffer can be rewritten with something longer, up to this. */
    private static final int BUFFER_SIZE = 8192;

    private final Kernel kernel;
    private final TaskGroup group;
    private final SimThread first;

    SimProcess(Kernel kernel, Task task) {
        this.kernel = kernel;
        this.group = task.group();
        this.first = new SimThread(kernel, task);
    }

    /** The process's id. */
    public int tgid() {
        return group.tgid();
    }

    /** Runs as another user, with that user's rights; 0 is root. */
    public SimProcess user(long id) {
        synchronized (kernel) {
            group.user(id);
            group.group(id);
        }
        return this;
    }

    /** Moves to a cgroup, by the inode number of its directory. */
    public SimProcess cgroup(long id) {
        synchronized (kernel) {
            group.cgroup(id);
        }
        return this;
    }

    /** Lives in a container of this id. */
    public SimProcess container(String id) {
        synchronized (kernel) {
            group.container(id.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** The first thread, which every process starts with. */
    public SimThread thread() {
        return first;
    }

    /** One more thread. */
    public SimThread newThread(String name) {
        synchronized (kernel) {
            Task task = kernel.thread(group);
            task.comm(name.getBytes(StandardCharsets.UTF_8));
            return new SimThread(kernel, task);
        }
    }

    /** Memory with a string, which all threads can rewrite. */
    public SimBuffer buffer(String text) {
        return buffer(ByteString.utf8(text));
    }

    /** Memory with bytes and a NUL behind them, which all threads can rewrite. */
    public SimBuffer buffer(ByteString bytes) {
        synchronized (kernel) {
            long address = group.memory().reserve(BUFFER_SIZE);
            SimBuffer buffer = new SimBuffer(kernel, group.memory(), address, BUFFER_SIZE);
            buffer.write(bytes);
            return buffer;
        }
    }

    /** Memory with a string in pages that were never touched: a tracer that must not fault cannot read them. */
    public SimBuffer coldBuffer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        synchronized (kernel) {
            return new SimBuffer(kernel, group.memory(), group.memory().placeCold(bytes, 0), bytes.length);
        }
    }

    /**
     * Makes a socket.
     *
     * @return its descriptor
     * @throws IllegalArgumentException when there is no such kind of socket
     */
    public int socket(int family, int type, int protocol) {
        synchronized (kernel) {
            var made = kernel.network().socket(family, type, protocol);
            Socket socket = made.socket();
            if (socket == null) {
                throw new IllegalArgumentException("no such socket: errno " + made.errno());
            }
            return group.descriptors().add(kernel.files().socketFile(socket));
        }
    }

    /** dup2(2): puts another file behind a descriptor. */
    public void dup2(int from, int to) {
        synchronized (kernel) {
            if (!group.descriptors().duplicate(from, to)) {
                throw new IllegalArgumentException("descriptor " + from + ": errno " + Errno.EBADF);
            }
        }
    }

    /** close(2). */
    public void close(int fd) {
        synchronized (kernel) {
            if (!group.descriptors().close(fd)) {
                throw new IllegalArgumentException("descriptor " + fd + ": errno " + Errno.EBADF);
            }
        }
    }

    /** Kills all threads; calls under way return as far as the kernel lets them. */
    public void kill() {
        synchronized (kernel) {
            for (Task task : group.tasks()) {
                kernel.signal(task, Signal.KILL);
                kernel.run(task);
            }
        }
    }
}
