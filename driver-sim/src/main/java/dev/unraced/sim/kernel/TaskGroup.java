// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Syscall;
import dev.unraced.process.Terminal;
import dev.unraced.sim.fs.FsContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A process: the threads that share memory, descriptors, root and working directory. */
public final class TaskGroup {
    final int tgid;
    final Descriptors descriptors;
    FsContext fs;
    final List<Task> tasks = new ArrayList<>();
    final Set<Syscall> trapped = EnumSet.noneOf(Syscall.class);
    /** The results of refused calls. */
    final Map<Syscall, Long> refused = new EnumMap<>(Syscall.class);

    /** The program; null for a process that came by no exec. */
    @Nullable
    Program program;

    int execId;
    int exitStatus;
    long parentStartNanos;
    AddressSpace memory;
    long startNanos;
    int parentTgid;
    long uid;
    long effectiveUidBefore;
    long effectiveUid;
    long gid;
    long cgroupId;
    long pidNamespace;
    byte[] containerId = new byte[0];
    Terminal terminal = Terminal.NONE;

    TaskGroup(int tgid, AddressSpace memory, Descriptors descriptors, FsContext fs) {
        this.tgid = tgid;
        this.memory = memory;
        this.descriptors = descriptors;
        this.fs = fs;
    }

    public int tgid() {
        return tgid;
    }

    public int parentTgid() {
        return parentTgid;
    }

    /** The start of the parent. */
    public long parentStartNanos() {
        return parentStartNanos;
    }

    /** The start of the process, in nanoseconds of CLOCK_BOOTTIME. */
    public long startNanos() {
        return startNanos;
    }

    /** The program that the process runs, or null. */
    public @Nullable Program program() {
        return program;
    }

    /** The number of programs that the process and its ancestors have executed. */
    public int execId() {
        return execId;
    }

    /** The status that wait(2) gives the parent. */
    public int exitStatus() {
        return exitStatus;
    }

    public long effectiveUid() {
        return effectiveUid;
    }

    /** The effective user id before the last exec. */
    public long effectiveUidBefore() {
        return effectiveUidBefore;
    }

    /** The real user id. */
    public long uid() {
        return uid;
    }

    /** The real group id. */
    public long gid() {
        return gid;
    }

    /** The inode number of the process's directory in the cgroup hierarchy. */
    public long cgroupId() {
        return cgroupId;
    }

    public long pidNamespace() {
        return pidNamespace;
    }

    public long mountNamespace() {
        return fs.namespace().number();
    }

    /** The container's id; empty outside of a container. */
    public byte[] containerId() {
        return containerId;
    }

    /** The controlling terminal. */
    public Terminal terminal() {
        return terminal;
    }

    public AddressSpace memory() {
        return memory;
    }

    public Descriptors descriptors() {
        return descriptors;
    }

    public FsContext fs() {
        return fs;
    }

    /** Returns the living threads. */
    public List<Task> tasks() {
        return List.copyOf(tasks);
    }

    /** Sets the real user id alone: setresuid(uid, -1, -1). */
    public void realUser(long id) {
        uid = id;
    }

    /** Sets the real and the effective user id. */
    public void user(long id) {
        uid = id;
        effectiveUid = id;
    }

    public void group(long id) {
        gid = id;
    }

    public void cgroup(long id) {
        cgroupId = id;
    }

    public void container(byte[] id) {
        containerId = id;
    }

    /** Gives the process a controlling terminal, as TIOCSCTTY does, or takes it away, as setsid(2) does. */
    public void terminal(Terminal device) {
        terminal = device;
    }

    /**
     * Lets a call return a result without running, as a seccomp filter (SECCOMP_RET_ERRNO, SECCOMP_RET_USER_NOTIF) or a
     * tracer (PTRACE_SYSEMU) does.
     */
    public void refuse(Syscall syscall, long result) {
        refused.put(syscall, result);
    }

    /** Installs a seccomp filter that answers a call by SIGSYS (SECCOMP_RET_TRAP). */
    public void trap(Syscall syscall) {
        trapped.add(syscall);
    }
}
