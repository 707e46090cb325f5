// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A thread of a simulated process. Its calls begin here, and go on as far as the test takes them. */
public final class SimThread {
    /** Instead of a descriptor: paths start at the working directory. */
    public static final int AT_FDCWD = -100;

    private static final int HOW_SIZE = 24;

    private final Kernel kernel;
    private final Task task;

    SimThread(Kernel kernel, Task task) {
        this.kernel = kernel;
        this.task = task;
    }

    public int tid() {
        return task.tid();
    }

    /** open(path, flags, mode). */
    public SimCall open(SimBuffer path, long flags, long mode) {
        return call(Syscall.OPEN, Abi.NATIVE, path.address(), flags, mode);
    }

    /** openat(AT_FDCWD, path, O_RDONLY). */
    public SimCall openat(SimBuffer path) {
        return openat(AT_FDCWD, path, 0, 0);
    }

    /** openat(dirfd, path, flags, mode). */
    public SimCall openat(int dirfd, SimBuffer path, long flags, long mode) {
        return call(Syscall.OPENAT, Abi.NATIVE, dirfd, path.address(), flags, mode);
    }

    /** openat2(dirfd, path, {flags, mode, resolve}, 24). */
    public SimCall openat2(int dirfd, SimBuffer path, long flags, long mode, long resolve) {
        byte[] how = ByteBuffer.allocate(HOW_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(flags)
                .putLong(mode)
                .putLong(resolve)
                .array();
        long address;
        synchronized (kernel) {
            address = task.group().memory().place(how);
        }
        return call(Syscall.OPENAT2, Abi.NATIVE, dirfd, path.address(), address, HOW_SIZE);
    }

    /** creat(path, mode). */
    public SimCall creat(SimBuffer path, long mode) {
        return call(Syscall.CREAT, Abi.NATIVE, path.address(), mode);
    }

    /** connect(fd, address, addrlen). */
    public SimCall connect(int fd, SimBuffer address, int addrlen) {
        return call(Syscall.CONNECT, Abi.NATIVE, fd, address.address(), addrlen);
    }

    /**
     * Any call by any convention, with the registers as they are.
     *
     * @throws IllegalStateException when the thread is in a call, or dead
     */
    public SimCall call(Syscall syscall, Abi abi, long... registers) {
        synchronized (kernel) {
            return new SimCall(kernel, task, kernel.begin(task, syscall, abi, registers));
        }
    }

    /**
     * A request of an io_uring: openat, openat2 or connect.
     *
     * @param onWorker whether a worker thread does it, so that this one is free at once
     */
    public SimCall submit(Syscall syscall, boolean onWorker, long... registers) {
        synchronized (kernel) {
            return new SimCall(kernel, task, kernel.submit(task, syscall, onWorker, registers));
        }
    }

    /** chdir(2). */
    public SimThread chdir(String path) {
        synchronized (kernel) {
            int error = kernel.files().chdir(task, ByteString.utf8(path).toByteArray());
            if (error != 0) {
                throw new IllegalArgumentException("chdir " + path + ": errno " + -error);
            }
        }
        return this;
    }

    /** Interrupts the call under way, if there is one, by a signal. */
    public void signal(Signal signal) {
        synchronized (kernel) {
            kernel.signal(task, signal);
        }
    }

    Task task() {
        return task;
    }
}
