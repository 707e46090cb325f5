// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.linux.SocketTypes;
import dev.unraced.process.Terminal;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Program;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import dev.unraced.sim.net.ConnectAttempt;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.net.SocketResult;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A process of a simulated machine. */
public final class SimProcess {
    /** The user of processes that set no other. */
    static final long FIRST_USER = 1000;
    /** The size of a buffer, so that a longer text can replace its first one. */
    private static final int BUFFER_SIZE = 8192;
    /** The number of connections that can wait for accept. */
    private static final int BACKLOG = 16;

    private final Kernel kernel;
    private final TaskGroup group;
    private SimThread first;

    SimProcess(Kernel kernel, Task task) {
        this.kernel = kernel;
        this.group = task.group();
        this.first = new SimThread(this, kernel, task);
    }

    /** Starts a child with this process's user, group, working directory and descriptors (fork and exec). */
    public SimProcess spawn(String name) {
        synchronized (kernel) {
            requireAlive();
            return new SimProcess(kernel, kernel.fork(group.tasks().get(0), bytes(name)));
        }
    }

    /**
     * Lets the first thread execute another program: all others are killed, and the memory is new.
     *
     * @throws IllegalStateException when the first thread is in a call, or dead
     */
    public SimProcess exec(String name) {
        exec(thread(), name);
        return this;
    }

    /**
     * Lets the first thread execute the program at a path, as {@link #exec(String)} does; a process event names it.
     *
     * @throws IllegalArgumentException when there is no such file
     */
    public SimProcess execute(String path, String... arguments) {
        synchronized (kernel) {
            Inode file = kernel.files().stat(first.task(), bytes(path)).inode();
            if (file == null) {
                throw new IllegalArgumentException("no file " + path);
            }
            ByteString named = ByteString.utf8(path);
            ByteString all = ByteString.utf8(String.join("\0", arguments) + "\0");
            String name = path.substring(path.lastIndexOf('/') + 1);
            exec(first, name, new Program(named, null, named, file, all));
        }
        return this;
    }

    void exec(SimThread thread, String name) {
        exec(thread, name, null);
    }

    private void exec(SimThread thread, String name, @Nullable Program program) {
        synchronized (kernel) {
            thread.requireIdle();
            Task executing = thread.task();
            kernel.beginExec(executing, Signal.KILL);
            kernel.kill(group, executing);
            kernel.endExec(executing, bytes(name), program, executing.group().effectiveUid());
            first = thread;
        }
    }

    /** Returns whether any thread has not ended. */
    public boolean isAlive() {
        synchronized (kernel) {
            return !group.tasks().isEmpty();
        }
    }

    /** The process's id. */
    public int tgid() {
        return group.tgid();
    }

    /** Sets the user and the group, with that user's rights; 0 is root. */
    public SimProcess user(long id) {
        return change(() -> {
            group.user(id);
            group.group(id);
        });
    }

    /** Moves the process to a cgroup, by the inode number of its directory. */
    public SimProcess cgroup(long id) {
        return change(() -> group.cgroup(id));
    }

    /** Puts the process in a container of this id. */
    public SimProcess container(String id) {
        return change(() -> group.container(bytes(id)));
    }

    /** Gives the process a controlling terminal by the numbers of its device (TIOCSCTTY), which children inherit. */
    public SimProcess terminal(int major, int minor) {
        return change(() -> group.terminal(new Terminal(true, major, minor)));
    }

    /** setsid(2): the process has no controlling terminal any more. */
    public SimProcess setsid() {
        return change(() -> group.terminal(Terminal.NONE));
    }

    /** The first thread of the process; after an exec, the thread that executed. */
    public SimThread thread() {
        synchronized (kernel) {
            return first;
        }
    }

    /** Starts one more thread. */
    public SimThread newThread(String name) {
        synchronized (kernel) {
            requireAlive();
            Task task = kernel.thread(group);
            task.comm(bytes(name));
            return new SimThread(this, kernel, task);
        }
    }

    /** Returns memory with a string, which all threads can rewrite. */
    public SimBuffer buffer(String text) {
        return buffer(ByteString.utf8(text));
    }

    /** Returns memory with bytes and a NUL behind them, which all threads can rewrite. */
    public SimBuffer buffer(ByteString bytes) {
        synchronized (kernel) {
            long address = group.memory().reserve(BUFFER_SIZE);
            SimBuffer buffer = new SimBuffer(this, kernel, group, address, BUFFER_SIZE, 0);
            buffer.write(bytes);
            return buffer;
        }
    }

    /** Returns memory with a string in pages that were never touched: a tracer that must not fault cannot read them. */
    public SimBuffer coldBuffer(String text) {
        return cold(bytes(text));
    }

    /**
     * Returns memory with an internet address.
     *
     * @param ip in digits, such as 127.0.0.1 or ::1
     */
    public SimBuffer address(String ip, int port) {
        return buffer(SocketAddresses.inet(ip, port));
    }

    /** Returns memory with the address of a UNIX socket that has a path. */
    public SimBuffer address(String path) {
        return buffer(SocketAddresses.unix(path));
    }

    /** Returns memory with the address of a socket that is scoped to a device; see {@link SimKernel#link}. */
    public SimBuffer address(String ip, int port, int scope) {
        return buffer(SocketAddresses.scoped(ip, port, scope));
    }

    /** Returns memory with the address that ends a connection: AF_UNSPEC. */
    public SimBuffer noAddress() {
        return buffer(SocketAddresses.unspecified());
    }

    /** Returns memory with openat2's {@code struct open_how}. */
    public SimBuffer how(long flags, long mode, long resolve) {
        return buffer(ByteString.copyOf(ArgumentBytes.openHow(flags, mode, resolve)));
    }

    /** Returns memory with what connect takes through socketcall(2): descriptor, pointer and length. */
    public SimBuffer socketcallBlock(int fd, SimBuffer address, int length) {
        return buffer(ByteString.copyOf(ArgumentBytes.socketcallBlock(fd, address.address(), length)));
    }

    /** Returns a copy of memory in pages that were never touched: a tracer that must not fault cannot read them. */
    public SimBuffer cold(SimBuffer warm) {
        return cold(warm.bytes().toByteArray());
    }

    private SimBuffer cold(byte[] bytes) {
        synchronized (kernel) {
            long address = group.memory().placeCold(bytes, 0);
            return new SimBuffer(this, kernel, group, address, bytes.length + 1, bytes.length);
        }
    }

    /**
     * Listens for TCP connections.
     *
     * @param ip in digits; the machine has 127.0.0.0/8 and ::1
     * @return the listening descriptor
     * @throws IllegalArgumentException when the address is invalid, not of this machine, or in use
     */
    public int listen(String ip, int port) {
        return listen(SocketAddresses.inet(ip, port), ip + " port " + port);
    }

    /** Listens for connections to a UNIX socket at this path, as {@link #listen(String, int)} does. */
    public int listen(String path) {
        return listen(SocketAddresses.unix(path), path);
    }

    /**
     * accept(2).
     *
     * @return the descriptor of the connection
     * @throws IllegalStateException when no connection waits
     */
    public int accept(int listener) {
        synchronized (kernel) {
            SocketResult accepted = kernel.network().accept(socketOf(listener));
            if (accepted.socket() == null) {
                throw new IllegalStateException(
                        "no socket has connected to descriptor " + listener + ": " + ErrorText.of(accepted.errno()));
            }
            return group.descriptors().add(kernel.files().socketFile(accepted.socket()));
        }
    }

    /**
     * Makes a socket.
     *
     * @return its descriptor
     * @throws IllegalArgumentException when the kernel makes no such socket
     */
    public int socket(int family, int type, int protocol) {
        synchronized (kernel) {
            SocketResult made = kernel.network().socket(family, type, protocol);
            Socket socket = made.socket();
            if (socket == null) {
                throw new IllegalArgumentException("no such socket: " + ErrorText.of(made.errno()));
            }
            return group.descriptors().add(kernel.files().socketFile(socket));
        }
    }

    /**
     * Listens for connections to a UNIX socket at this path, with a backlog that is full: a connect waits for an
     * accept.
     *
     * @return the listening descriptor
     */
    public int listenFull(String path) {
        synchronized (kernel) {
            int listener = listen(path);
            byte[] address = SocketAddresses.unix(path).toByteArray();
            kernel.network().listen(socketOf(listener), 0);
            ConnectAttempt filler;
            do {
                int fd = socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_STREAM, 0);
                socketOf(fd).nonblocking(true);
                filler = kernel.network().connect(first.task(), socketOf(fd), address, address.length);
            } while (filler.result() == 0);
            return listener;
        }
    }

    /**
     * bind(2).
     *
     * @throws IllegalArgumentException when the kernel refuses it
     */
    public void bind(int fd, SimBuffer address) {
        synchronized (kernel) {
            byte[] name = address.bytes().toByteArray();
            int result = kernel.network().bind(first.task(), socketOf(fd), name);
            ErrorText.check("cannot bind descriptor " + fd, result);
        }
    }

    /** Binds a socket to a device (SO_BINDTOIFINDEX); 0 removes the device. */
    public void bindToDevice(int fd, int index) {
        synchronized (kernel) {
            kernel.network().bindToDevice(socketOf(fd), index);
        }
    }

    /**
     * Gives another process the file behind a descriptor, by SCM_RIGHTS or pidfd_getfd(2).
     *
     * @return the other process's descriptor
     */
    public int give(int fd, SimProcess to) {
        synchronized (kernel) {
            OpenFile file = group.descriptors().get(fd);
            requireOpen(fd, file != null);
            Objects.requireNonNull(file).retain();
            return to.group.descriptors().add(file);
        }
    }

    /** Takes all free descriptors below a number, so that the next open returns this number or more. */
    public void takeDescriptorsBelow(int number) {
        synchronized (kernel) {
            while (group.descriptors().get(number - 1) == null) {
                socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_DGRAM, 0);
            }
        }
    }

    /** Has a call return a result without running, as seccomp filters, their supervisors, and tracers do. */
    public SimProcess refuse(Syscall syscall, long result) {
        return change(() -> group.refuse(syscall, result));
    }

    /** Moves the process to a mount namespace of its own: unshare(2) with CLONE_NEWNS. */
    public SimProcess unshare() {
        return change(() -> ErrorText.check("unshare", kernel.unshare(first.task())));
    }

    /** Shows a directory or file at another place too, in the process's mount namespace, which only root may do. */
    public SimProcess mount(String from, String to) {
        return change(() ->
                ErrorText.check("mount on " + to, kernel.files().bindMount(first.task(), bytes(from), bytes(to))));
    }

    /** dup2(2): puts another file behind a descriptor. */
    public void dup2(int from, int to) {
        synchronized (kernel) {
            requireFreeThread();
            requireOpen(from, group.descriptors().duplicate(from, to));
        }
    }

    /** close(2). */
    public void close(int fd) {
        synchronized (kernel) {
            requireFreeThread();
            requireOpen(fd, group.descriptors().close(fd));
        }
    }

    private SimProcess change(Runnable change) {
        synchronized (kernel) {
            change.run();
        }
        return this;
    }

    private static void requireOpen(int fd, boolean isOpen) {
        ErrorText.check("descriptor " + fd, isOpen ? 0 : -Errno.EBADF);
    }

    /** Kills all threads with SIGKILL; calls under way return first. */
    public void kill() {
        synchronized (kernel) {
            kernel.kill(group, null);
        }
    }

    private int listen(ByteString address, String name) {
        int family = new Sockaddr(address).family();
        synchronized (kernel) {
            int fd = socket(family, SocketTypes.SOCK_STREAM, 0);
            int error = kernel.network().bind(first.task(), socketOf(fd), address.toByteArray());
            if (error == 0) {
                error = kernel.network().listen(socketOf(fd), BACKLOG);
            }
            if (error != 0) {
                close(fd);
                throw new IllegalArgumentException("cannot listen on " + name + ": " + ErrorText.of(-error));
            }
            return fd;
        }
    }

    private Socket socketOf(int fd) {
        OpenFile file = group.descriptors().get(fd);
        if (file != null && file.privateData() instanceof Socket socket) {
            return socket;
        }
        throw new IllegalArgumentException("descriptor " + fd + " is no socket");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void requireAlive() {
        if (group.tasks().isEmpty()) {
            throw new IllegalStateException("process " + group.tgid() + " is dead");
        }
    }

    /**
     * Fails unless a thread is outside of calls: memory can be shared with another process, but descriptors only with
     * other threads.
     */
    private void requireFreeThread() {
        if (group.tasks().stream().allMatch(task -> task.call() != null)) {
            throw new IllegalStateException(
                    "every thread of the process is in a call, so none can do this; give it one more with newThread");
        }
    }
}
