// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView.ExecCall;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.FsContext;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.net.Network;
import dev.unraced.sim.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine: its processes and threads, and the calls that they make, one step at a time. Nothing happens on
 * its own: the caller decides which task takes the next step.
 *
 * <p>Not thread-safe; several threads synchronise on it.
 */
public final class Kernel {
    /** The socketcall(2) code of connect: include/uapi/linux/net.h. */
    private static final int SYS_CONNECT = 3;

    private static final long INIT_PID_NAMESPACE = 0xefff_fffcL;

    private final VirtualClock clock;
    private final Cgroups cgroups = new Cgroups();
    private final FileTree files = new FileTree();
    private final Network network = new Network(new UnixFileNames(files));
    private final Observers observers = new Observers();
    private final TaskTable tasks;
    private final IoUring ring;
    private final CallRunner calls;

    /**
     * Boots a machine that has been up for some time. Its one process is the parent of all processes without another
     * parent.
     */
    public Kernel(long uptimeNanos, int maxThreadId) {
        clock = new VirtualClock(uptimeNanos);
        tasks = new TaskTable(clock, observers, maxThreadId);
        ring = new IoUring(tasks, observers);
        calls = new CallRunner(clock, tasks, observers, ring, files, network, this::closed);
        files.showProcesses(tasks);
        TaskGroup init =
                tasks.addGroup(tasks.newId(), files.newContext(), new AddressSpace(), new Descriptors(this::closed));
        init.tasks.get(0).comm("init".getBytes(StandardCharsets.US_ASCII));
        init.pidNamespace = INIT_PID_NAMESPACE;
        init.cgroupId = Cgroups.ROOT;
    }

    private void closed(OpenFile file) {
        if (file.privateData() instanceof Socket socket) {
            network.close(socket);
        }
    }

    public Cgroups cgroups() {
        return cgroups;
    }

    public VirtualClock clock() {
        return clock;
    }

    public FileTree files() {
        return files;
    }

    public Network network() {
        return network;
    }

    /** The first process; it is root, and in no call. */
    public Task init() {
        return tasks.init();
    }

    /** Returns the task with an id, or null. */
    public @Nullable Task task(int tid) {
        return tasks.get(tid);
    }

    /** Returns all live threads. */
    public List<Task> tasks() {
        return tasks.all();
    }

    /** Attaches an observer from the next step on. */
    public void attach(Tracepoints observer) {
        observers.attach(observer);
    }

    /** Ends {@link #attach}. */
    public void detach(Tracepoints observer) {
        observers.detach(observer);
    }

    /** Makes observers read paths in steps of their own, between which other tasks run. */
    public void looksTakeSteps(boolean on) {
        calls.looksTakeSteps(on);
    }

    /**
     * unshare(2) with CLONE_NEWNS: the process moves to copies of all mounts. Worker threads that carry out its
     * requests stay where they are.
     *
     * @return 0 or a negated errno
     */
    public int unshare(Task task) {
        TaskGroup group = task.group;
        FsContext before = group.fs;
        group.fs = before.copy();
        int result = files.unshare(task);
        if (result < 0) {
            group.fs = before;
        }
        return result;
    }

    /**
     * setns(2) to the mount namespace of another process: the task's process gets that process's root and working
     * directory.
     */
    public void enterNamespace(Task task, TaskGroup of) {
        task.group.fs = of.fs.copy();
    }

    /** Creates a child process with one thread and copies of all its parent has but memory (fork and exec). */
    public Task fork(Task parent, byte[] comm) {
        return fork(parent, comm, tasks.newId());
    }

    /**
     * Creates a child as {@link #fork} does, in the parent's memory until the child executes. The caller makes the
     * parent wait.
     */
    public Task vfork(Task parent, byte[] comm) {
        Task child = fork(parent, comm);
        child.group.memory = parent.group.memory;
        return child;
    }

    /**
     * Creates a child as {@link #fork} does, with a chosen id, as clone3 with set_tid does; null when the id is taken.
     */
    public @Nullable Task forkAs(Task parent, byte[] comm, int id) {
        return tasks.takeId(id) ? fork(parent, comm, id) : null;
    }

    private Task fork(Task parent, byte[] comm, int id) {
        TaskGroup from = parent.group;
        TaskGroup child = tasks.addGroup(id, from.fs.copy(), new AddressSpace(), from.descriptors.copy());
        child.parentTgid = from.tgid;
        child.uid = from.uid;
        child.effectiveUid = from.effectiveUid;
        child.gid = from.gid;
        child.cgroupId = from.cgroupId;
        child.pidNamespace = from.pidNamespace;
        child.containerId = from.containerId;
        child.terminal = from.terminal;
        child.program = from.program;
        child.execId = from.execId;
        child.parentStartNanos = from.startNanos;
        Task task = child.tasks.get(0);
        task.comm(comm);
        observers.each(observer -> observer.forked(from, task));
        return task;
    }

    /** Adds a thread to a process. */
    public Task thread(TaskGroup group) {
        return tasks.addThread(group, tasks.newId());
    }

    /**
     * Adds a thread as {@link #thread} does, with a chosen id, as clone3 with set_tid does; null when the id is taken.
     */
    public @Nullable Task threadAs(TaskGroup group, int id) {
        return tasks.takeId(id) ? tasks.addThread(group, id) : null;
    }

    /**
     * Begins execve: all other threads of the process are killed (de_thread of fs/exec.c).
     *
     * @see #endExec
     */
    public void beginExec(Task task, Signal death) {
        for (Task other : task.group.tasks()) {
            if (other != task) {
                signal(other, death);
            }
        }
    }

    /** Returns whether the other threads are gone. */
    public boolean canEndExec(Task task) {
        return task.group.tasks.size() == 1;
    }

    /** Ends execve: the thread takes over id and start time of its group's first thread, and gets new memory. */
    public void endExec(Task task, byte[] comm) {
        endExec(task, comm, null, task.group.effectiveUid);
    }

    /** Ends execve as {@link #endExec(Task, byte[])} does, of a program that gives the process an effective user. */
    public void endExec(Task task, byte[] comm, @Nullable Program program, long effectiveUid) {
        if (!canEndExec(task)) {
            throw new IllegalStateException("the process has other threads still");
        }
        int before = task.tid;
        tasks.makeLeader(task);
        task.group.memory = new AddressSpace();
        task.group.program = program;
        task.group.execId++;
        task.group.effectiveUidBefore = task.group.effectiveUid;
        task.group.effectiveUid = effectiveUid;
        task.comm(comm);
        observers.each(observer -> observer.executed(task, before));
    }

    /** Lets an execve or execveat fail. The arguments are those of {@link Tracepoints#execFailed}. */
    public void failExec(Task task, ExecCall call, byte[] path, int atFlags, int error) {
        observers.each(observer -> observer.execFailed(task, call, path, atFlags, error));
    }

    /** Ends a thread of its own accord, outside of any call. */
    public void exit(Task task) {
        exit(task, 0);
    }

    /** Ends a thread with an exit code, which its process ends with if it is the last one. */
    public void exit(Task task, int code) {
        if (!task.dead) {
            task.group.exitStatus = code << 8;
            tasks.end(task);
        }
    }

    /** Interrupts a task; the signal acts on its call at the next step. */
    public void signal(Task task, Signal signal) {
        if (task.dead) {
            return;
        }
        if (task.call == null) {
            tasks.deliver(task, signal);
        } else if (signal.compareTo(task.pending) > 0) {
            task.pending = signal;
        }
    }

    /** Kills all threads of a process with SIGKILL, but for one or null; calls under way return first. */
    public void kill(TaskGroup group, @Nullable Task survivor) {
        while (group.tasks.stream().anyMatch(task -> task != survivor)) {
            // A dying thread may have handed its request to a worker, which must die too.
            for (Task task : group.tasks()) {
                if (task != survivor) {
                    signal(task, Signal.KILL);
                    run(task);
                }
            }
        }
    }

    /** Sends SIGSYS to a thread that blocks this signal, so that the signal stays pending. */
    public void pendSigsys(Task task) {
        task.sigsysBlocked = true;
        task.sigsysPending = true;
    }

    /** Begins a call by its native number. */
    public Call begin(Task task, Syscall syscall, long... registers) {
        return begin(task, syscall, Abi.NATIVE, registers);
    }

    /**
     * A thread begins a call; its first step is {@link CallStep#ENTER}.
     *
     * @param registers the arguments as the convention passes them
     * @throws IllegalStateException when the thread is in a call, or dead
     */
    public Call begin(Task task, Syscall syscall, Abi abi, long... registers) {
        return task.begin(new Call(syscall, abi, Origin.SYSCALL, registers, null));
    }

    /** A thread begins a native call by a number that has bits above the 32 that the kernel takes. */
    public Call beginWide(Task task, Syscall syscall, long... registers) {
        Call call = new Call(syscall, Abi.NATIVE, Origin.SYSCALL, registers, null);
        call.isWide = true;
        return task.begin(call);
    }

    /**
     * A thread of a 32-bit program begins a connect through socketcall(2).
     *
     * @param block address of descriptor, address pointer and length, of 32 bits each
     */
    public Call beginSocketcall(Task task, long block) {
        Call call = new Call(Syscall.CONNECT, Abi.IA32, Origin.SYSCALL, new long[] {SYS_CONNECT, block}, null);
        call.isIndirect = true;
        return task.begin(call);
    }

    /**
     * A thread begins a call that its tracer rewrites before the kernel looks at it.
     *
     * @param passed the registers with which the thread made the call
     * @param registers the registers that the tracer leaves
     */
    public Call beginRewritten(Task task, Syscall syscall, long[] passed, long... registers) {
        Call call = new Call(syscall, Abi.NATIVE, Origin.SYSCALL, registers, null);
        call.passed = passed.clone();
        return task.begin(call);
    }

    /**
     * Submits a request of a thread to an io_uring.
     *
     * @param onWorker whether a worker thread does the work (IOSQE_ASYNC), so that the submitter is free at once
     */
    public Call submit(Task task, Syscall syscall, boolean onWorker, long... registers) {
        return ring.submit(task, syscall, Submission.USUAL, onWorker, registers);
    }

    /**
     * Submits a request as {@link #submit(Task, Syscall, boolean, long...)} does, with a special submission or end.
     *
     * @return the request; a polled request is a call of a new polling thread, which ends with it
     */
    public Call submit(Task task, Syscall syscall, Submission submission, boolean onWorker, long... registers) {
        return ring.submit(task, syscall, submission, onWorker, registers);
    }

    /**
     * A thread submits several requests to an io_uring at once.
     *
     * @param fill adds the requests
     */
    public void submitTogether(Task task, Consumer<Batch> fill) {
        ring.submitTogether(task, fill);
    }

    /** Returns whether a task is in a call whose next step can be taken now. */
    public boolean canStep(Task task) {
        return calls.canStep(task);
    }

    /**
     * Takes the next step of a task's call.
     *
     * @return the step that was taken
     * @throws IllegalStateException when the task cannot take a step now
     */
    public CallStep step(Task task) {
        if (!canStep(task)) {
            throw new IllegalStateException(task + " cannot step");
        }
        return calls.step(task);
    }

    /**
     * Takes steps until the task's call has returned, the task is dead, or the call is blocked; returns false when
     * blocked.
     */
    public boolean run(Task task) {
        while (task.call != null) {
            if (!canStep(task)) {
                return false;
            }
            calls.step(task);
        }
        return true;
    }
}
