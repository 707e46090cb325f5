// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.fs.FsCaller;
import dev.unraced.sim.fs.FsContext;
import dev.unraced.sim.fs.OpenFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A thread. Its id can be used again when it is gone; id and start time together cannot. */
public final class Task implements FsCaller {
    private static final int COMM_SIZE = 15;

    final TaskGroup group;
    final long thing;
    int tid;
    long startNanos;
    private byte[] comm;

    @Nullable
    Call call;

    /** Of a thread that carries out requests: root, directory and mount namespace as of its start. */
    @Nullable
    FsContext ownFs;

    /** Requests of an io_uring that were submitted together. */
    @Nullable
    Batch batch;

    boolean sigsysPending;
    boolean sigsysBlocked;
    long lastResult;
    Signal pending = Signal.NONE;
    boolean dead;
    int handled;

    Task(TaskGroup group, int tid, long startNanos, byte[] comm, long thing) {
        this.group = group;
        this.tid = tid;
        this.startNanos = startNanos;
        this.comm = comm;
        this.thing = thing;
    }

    public int tid() {
        return tid;
    }

    /** When the thread started, in nanoseconds of CLOCK_BOOTTIME. */
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

    /** prctl(PR_SET_NAME). */
    public void comm(byte[] name) {
        comm = Arrays.copyOf(name, Math.min(name.length, COMM_SIZE));
    }

    /** The call under way, or null. */
    public @Nullable Call call() {
        return call;
    }

    /** What the last call returned to user space. */
    public long lastResult() {
        return lastResult;
    }

    public boolean isDead() {
        return dead;
    }

    /** How many signals a handler of this thread has taken. */
    public int handledSignals() {
        return handled;
    }

    /** Whether SIGSYS waits for the thread, as after a call that a filter traps. */
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
