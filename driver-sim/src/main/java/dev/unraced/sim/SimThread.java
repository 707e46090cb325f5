// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.linux.SocketTypes;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.util.Optional;
import java.util.function.Consumer;

/** A thread of a simulated process. Its calls begin here, and a test advances them. */
public final class SimThread {

    private final SimProcess process;
    private final Kernel kernel;
    private final Task task;

    SimThread(SimProcess process, Kernel kernel, Task task) {
        this.process = process;
        this.kernel = kernel;
        this.task = task;
    }

    /** The thread's id; a process's first thread has the process's id. */
    public int tid() {
        synchronized (kernel) {
            return task.tid();
        }
    }

    /** The process that the thread belongs to. */
    public SimProcess process() {
        return process;
    }

    /** Returns whether the thread has not ended. */
    public boolean isAlive() {
        synchronized (kernel) {
            return !task.isDead();
        }
    }

    /** openat(AT_FDCWD, path, O_RDONLY), with a path that no thread rewrites. */
    public SimCall openat(String path) {
        return openat(path, OpenFlags.O_RDONLY, 0);
    }

    /** openat(AT_FDCWD, path, flags, mode), with a path that no thread rewrites. */
    public SimCall openat(String path, long flags, long mode) {
        return openat(AT_FDCWD, process.buffer(path), flags, mode);
    }

    /** open(path, flags, mode). */
    public SimCall open(SimBuffer path, long flags, long mode) {
        return call(Syscall.OPEN, Abi.NATIVE, path.address(), flags, mode);
    }

    /** openat(AT_FDCWD, path, O_RDONLY). */
    public SimCall openat(SimBuffer path) {
        return openat(AT_FDCWD, path, OpenFlags.O_RDONLY, 0);
    }

    /** openat(dirfd, path, flags, mode). */
    public SimCall openat(int dirfd, SimBuffer path, long flags, long mode) {
        return call(Syscall.OPENAT, Abi.NATIVE, dirfd, path.address(), flags, mode);
    }

    /** openat2(dirfd, path, {flags, mode, resolve}, 24). */
    public SimCall openat2(int dirfd, SimBuffer path, long flags, long mode, long resolve) {
        return openat2(dirfd, path, process.how(flags, mode, resolve));
    }

    /** openat2(dirfd, path, how, 24), with a how that threads can rewrite. */
    public SimCall openat2(int dirfd, SimBuffer path, SimBuffer how) {
        return call(Syscall.OPENAT2, Abi.NATIVE, dirfd, path.address(), how.address(), OpenFlags.OPEN_HOW_SIZE);
    }

    /** creat(path, mode). */
    public SimCall creat(SimBuffer path, long mode) {
        return call(Syscall.CREAT, Abi.NATIVE, path.address(), mode);
    }

    /**
     * Makes a TCP socket and connects it.
     *
     * @param ip in digits, such as 127.0.0.1 or ::1
     */
    public SimCall connect(String ip, int port) {
        return connectStream(process.address(ip, port));
    }

    /** Makes a UNIX stream socket and connects it to a path. */
    public SimCall connect(String path) {
        return connectStream(process.address(path));
    }

    /** connect(fd, address, its length). */
    public SimCall connect(int fd, SimBuffer address) {
        return connect(fd, address, address.length());
    }

    /** connect(fd, address, addrlen). */
    public SimCall connect(int fd, SimBuffer address, int addrlen) {
        return call(Syscall.CONNECT, Abi.NATIVE, fd, address.address(), addrlen);
    }

    /**
     * Begins any call by any convention, with unchanged registers.
     *
     * @throws IllegalStateException when the thread is in a call, or dead
     */
    public SimCall call(Syscall syscall, Abi abi, long... registers) {
        synchronized (kernel) {
            return new SimCall(kernel, task, kernel.begin(task, syscall, abi, registers));
        }
    }

    /**
     * Submits a request to an io_uring: openat, openat2 or connect.
     *
     * @param onWorker whether a worker does the request, so that this thread is free at once
     */
    public SimCall submit(Syscall syscall, boolean onWorker, long... registers) {
        synchronized (kernel) {
            return new SimCall(kernel, task, kernel.submit(task, syscall, onWorker, registers));
        }
    }

    /**
     * Submits several requests to an io_uring at once, and has all of them carried out. A later one can undo what an
     * earlier one did, before the observer is told of either.
     */
    public void submitTogether(Consumer<SimBatch> requests) {
        synchronized (kernel) {
            kernel.submitTogether(task, batch -> requests.accept(new SimBatch(batch)));
            kernel.run(task);
        }
    }

    /**
     * A connect of a 32-bit program through socketcall(2).
     *
     * @param block the memory of {@link SimProcess#socketcallBlock}
     */
    public SimCall socketcall(SimBuffer block) {
        synchronized (kernel) {
            return new SimCall(kernel, task, kernel.beginSocketcall(task, block.address()));
        }
    }

    /**
     * Lets this thread execute another program: all others are killed in their calls, the memory is new, and the thread
     * takes over the id of the process.
     *
     * @throws IllegalStateException when the thread is in a call, or dead
     */
    public void exec(String name) {
        process.exec(this, name);
    }

    /** Ends the thread of its own accord, outside of any call. */
    public void exit() {
        synchronized (kernel) {
            requireIdle();
            kernel.exit(task);
        }
    }

    /** Sends SIGSYS to the thread, which blocks this signal, so that it stays pending. */
    public void pendSigsys() {
        synchronized (kernel) {
            kernel.pendSigsys(task);
        }
    }

    /** chdir(2). */
    public SimThread chdir(String path) {
        synchronized (kernel) {
            int result = kernel.files().chdir(task, ByteString.utf8(path).toByteArray());
            ErrorText.check("chdir " + path, result);
        }
        return this;
    }

    /**
     * Interrupts the call under way, or the thread, by a signal, which acts on the call at its next step.
     *
     * @see #underWay
     */
    public void signal(Signal signal) {
        synchronized (kernel) {
            kernel.signal(task, signal);
        }
    }

    /** Ends the thread at once, in the midst of its call, as after a kernel oops: the call never returns. */
    public void vanish() {
        synchronized (kernel) {
            kernel.signal(task, Signal.VANISH);
            kernel.run(task);
        }
    }

    /** The call under way; after a restart by a signal, the new call. */
    public Optional<SimCall> underWay() {
        synchronized (kernel) {
            return Optional.ofNullable(task.call()).map(call -> new SimCall(kernel, task, call));
        }
    }

    Task task() {
        return task;
    }

    void requireIdle() {
        if (task.isDead() || task.call() != null) {
            throw new IllegalStateException(task + (task.isDead() ? " is dead" : " is in a call: " + task.call()));
        }
    }

    private SimCall connectStream(SimBuffer address) {
        return connect(process.socket(address.family(), SocketTypes.SOCK_STREAM, 0), address);
    }
}
