// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.fs.FsCaller;
import dev.unraced.sim.fs.FsContext;
import dev.unraced.sim.fs.OpenFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A thread. Its id can be reused once the thread is gone; id and start time together are unique. */
public final class Task implements FsCaller {
    private static final int COMM_SIZE = 15;

    final TaskGroup group;
    int tid;
    long startNanos;
    private byte[] comm;

    @Nullable
    Call call;

    /** Root, directory and mount namespace of a worker thread, as of its start; null for other threads. */
    @Nullable
    FsContext ownFs;

    /** The io_uring requests that the thread submitted together. */
    @Nullable
    Batch batch;

    boolean sigsysPending;
    boolean sigsysBlocked;
    long lastResult;
    Signal pending = Signal.NONE;
    boolean dead;
    int handled;

    Task(TaskGroup group, int tid, long startNanos, byte[] comm) {
        this.group = group;
        this.tid = tid;
        this.startNanos = startNanos;
        this.comm = comm;
    }

    public int tid() {
        return tid;
    }

    /** The start of the thread, in nanoseconds of CLOCK_BOOTTIME. */
    public long startNanos() {
        return startNanos;
    }

    /** The thread's group: its process. */
    public TaskGroup group() {
        return group;
    }

    /** The thread's name, at most 15 bytes. */
    public byte[] comm() {
        return comm;
    }

    /** Sets the thread's name, as prctl(PR_SET_NAME) does. */
    public void comm(byte[] name) {
        comm = Arrays.copyOf(name, Math.min(name.length, COMM_SIZE));
    }

    /** The call under way, or null. */
    public @Nullable Call call() {
        return call;
    }

    /** Begins a call; a thread makes one call at a time. */
    Call begin(Call begun) {
        if (call != null || dead) {
            throw new IllegalStateException(this + (dead ? " is dead" : " is in a call: " + call));
        }
        call = begun;
        return begun;
    }

    /** The result that the last call returned to user space. */
    public long lastResult() {
        return lastResult;
    }

    public boolean isDead() {
        return dead;
    }

    /** The number of signals that this thread's handlers have taken. */
    public int handledSignals() {
        return handled;
    }

    /** Returns whether SIGSYS is pending for the thread, as after a call that a filter traps. */
    public boolean isSigsysPending() {
        return sigsysPending;
    }

    @Override
    public FsContext fs() {
        return ownFs == null ? group.fs : ownFs;
    }

    @Override
    public long uid() {
        return group.effectiveUid;
    }

    @Override
    public long gid() {
        return group.gid;
    }

    @Override
    public boolean privileged() {
        return group.effectiveUid == 0;
    }

    @Override
    public int tgid() {
        return group.tgid;
    }

    @Override
    public @Nullable OpenFile descriptor(int fd) {
        return group.descriptors.get(fd);
    }

    @Override
    public String toString() {
        return "task " + tid;
    }
}
