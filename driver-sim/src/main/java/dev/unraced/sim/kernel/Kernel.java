// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static dev.unraced.sim.base.Errno.ECANCELED;
import static dev.unraced.sim.base.Errno.EINTR;
import static dev.unraced.sim.base.Errno.ERESTARTSYS;

import dev.unraced.event.Abi;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.FsContext;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.ProcView;
import dev.unraced.sim.net.ConnectAttempt;
import dev.unraced.sim.net.Network;
import dev.unraced.sim.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated machine: its tasks, and the calls that they make, one step at a time. Nothing happens on its own: the
 * caller decides which task takes the next step.
 *
 * <p>Not thread-safe; several threads synchronise on it.
 */
public final class Kernel implements ProcView {
    private static final long STEP_NANOS = 100;
    private static final int INIT = 1;
    /** The socketcall(2) code of connect: include/uapi/linux/net.h. */
    private static final int SYS_CONNECT = 3;

    private static final long INIT_PID_NAMESPACE = 0xefff_fffcL;

    private final VirtualClock clock;
    private final FileTree files = new FileTree();
    private final Network network = new Network(new UnixFileNames(files));
    private final OpenSteps opens = new OpenSteps(files);
    private final ConnectSteps connects = new ConnectSteps(network);
    private final ThreadIds ids;
    private final Cgroups cgroups = new Cgroups();
    private final Map<Integer, Task> tasks = new HashMap<>();
    private final Map<Integer, TaskGroup> groups = new HashMap<>();
    private final TaskGroup init;

    private Tracepoints[] observers = {};
    private boolean looksTakeSteps;
    private long requests;
    private long returned;

    /**
     * Boots a machine that has been up for some time. Its one process is the parent of all processes without another
     * parent.
     */
    public Kernel(long uptimeNanos, int maxThreadId) {
        clock = new VirtualClock(uptimeNanos);
        ids = new ThreadIds(maxThreadId);
        files.showProcesses(this);
        init = group(ids.next(), files.newContext(), new AddressSpace(), new Descriptors(this::closed));
        init.tasks.get(0).comm("init".getBytes(StandardCharsets.US_ASCII));
        init.pidNamespace = INIT_PID_NAMESPACE;
        init.cgroupId = Cgroups.ROOT;
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
        return Objects.requireNonNull(tasks.get(INIT));
    }

    /** Returns the task with an id, or null. */
    public @Nullable Task task(int tid) {
        return tasks.get(tid);
    }

    /** Returns whether a task has not ended. */
    public boolean isAlive(Task task) {
        return !task.dead;
    }

    /** Returns the number of live threads. */
    public int liveTasks() {
        return tasks.size();
    }

    /** The number of calls and requests that have returned since the machine booted. */
    public long returned() {
        return returned;
    }

    /** Attaches an observer from the next step on. */
    public void attach(Tracepoints observer) {
        observers = Arrays.copyOf(observers, observers.length + 1);
        observers[observers.length - 1] = observer;
    }

    /** Ends {@link #attach}. */
    public void detach(Tracepoints observer) {
        observers = Arrays.stream(observers).filter(other -> other != observer).toArray(Tracepoints[]::new);
    }

    /** Makes observers read paths in steps of their own, between which other tasks run. */
    public void looksTakeSteps(boolean on) {
        looksTakeSteps = on;
    }

    /** Returns all live threads. */
    public List<Task> tasks() {
        return List.copyOf(tasks.values());
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
        return fork(parent, comm, ids.next());
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
        return ids.take(id) ? fork(parent, comm, id) : null;
    }

    private Task fork(Task parent, byte[] comm, int id) {
        TaskGroup from = parent.group;
        TaskGroup child = group(id, from.fs.copy(), new AddressSpace(), from.descriptors.copy());
        child.parentTgid = from.tgid;
        child.uid = from.uid;
        child.effectiveUid = from.effectiveUid;
        child.gid = from.gid;
        child.cgroupId = from.cgroupId;
        child.pidNamespace = from.pidNamespace;
        child.containerId = from.containerId;
        Task task = child.tasks.get(0);
        task.comm(comm);
        return task;
    }

    /** Adds a thread to a process. */
    public Task thread(TaskGroup group) {
        return thread(group, ids.next());
    }

    /**
     * Adds a thread as {@link #thread} does, with a chosen id, as clone3 with set_tid does; null when the id is taken.
     */
    public @Nullable Task threadAs(TaskGroup group, int id) {
        return ids.take(id) ? thread(group, id) : null;
    }

    private Task thread(TaskGroup group, int id) {
        Task task = task(group, id);
        group.descriptors.share();
        return task;
    }

    /**
     * A thread begins a call; its first step is {@link CallStep#ENTER}.
     *
     * @param registers the arguments as the convention passes them
     * @throws IllegalStateException when the thread is in a call, or dead
     */
    public Call begin(Task task, Syscall syscall, Abi abi, long... registers) {
        return start(task, new Call(syscall, abi, Origin.SYSCALL, registers, null));
    }

    /**
     * A thread of a 32-bit program begins a connect through socketcall(2).
     *
     * @param block address of descriptor, address pointer and length, of 32 bits each
     */
    public Call beginSocketcall(Task task, long block) {
        Call call = new Call(Syscall.CONNECT, Abi.IA32, Origin.SYSCALL, new long[] {SYS_CONNECT, block}, null);
        call.isIndirect = true;
        return start(task, call);
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
        return start(task, call);
    }

    /**
     * Submits a request of a thread to an io_uring.
     *
     * @param onWorker whether a worker thread does the work (IOSQE_ASYNC), so that the submitter is free at once
     */
    public Call submit(Task task, Syscall syscall, boolean onWorker, long... registers) {
        Call request = new Call(syscall, Abi.NATIVE, Origin.IO_URING, registers, task);
        request.request = ++requests;
        request.onWorker = onWorker;
        return start(task, request);
    }

    /**
     * Submits a request as {@link #submit(Task, Syscall, boolean, long...)} does, with a special submission or end.
     *
     * @return the request; a polled request is a call of a new polling thread, which ends with it
     */
    public Call submit(Task task, Syscall syscall, Submission submission, boolean onWorker, long... registers) {
        Task submitter = task;
        if (submission == Submission.POLLED) {
            submitter = thread(task.group);
            submitter.comm(("iou-sqp-" + task.group.tgid()).getBytes(StandardCharsets.US_ASCII));
        }
        Call request = submit(submitter, syscall, onWorker, registers);
        request.submission = submission;
        return request;
    }

    /**
     * A thread submits several requests to an io_uring at once.
     *
     * @param fill adds the requests
     */
    public void submitTogether(Task task, Consumer<Together> fill) {
        Batch batch = new Batch();
        fill.accept(new Together(task, batch));
        if (task.call != null || task.dead) {
            throw new IllegalStateException(task + " cannot submit");
        }
        task.batch = batch;
        issueNext(task, batch);
    }

    /** The requests of a submission that is being prepared. */
    public final class Together {
        private final Task task;
        private final Batch batch;

        private Together(Task task, Batch batch) {
            this.task = task;
            this.batch = batch;
        }

        /** Adds a watched call. */
        public Call call(Syscall syscall, long... registers) {
            Call request = new Call(syscall, Abi.NATIVE, Origin.IO_URING, registers, task);
            request.request = ++requests;
            batch.add(request);
            return request;
        }

        /** Adds an IORING_OP_CLOSE. */
        public void close(int fd) {
            batch.add(submitter -> submitter.group.descriptors.close(fd));
        }

        /** Adds a request that consumes an object, such as IORING_OP_READ or IORING_OP_SEND. */
        public void other(Consumer<Task> effect) {
            batch.add(effect);
        }
    }

    /** Begins the next request of a batch, or the completions when none is left. */
    private void issueNext(Task task, Batch batch) {
        task.call = null;
        while (task.call == null && !batch.isFlushing) {
            Batch.Item item = batch.next();
            if (item == null) {
                batch.isFlushing = true;
            } else if (item.call() != null) {
                task.call = item.call();
            } else {
                for (Tracepoints observer : observers) {
                    observer.submittedOther(task);
                }
                Objects.requireNonNull(item.other()).accept(task);
            }
        }
        if (batch.isFlushing) {
            task.call = batch.issued.poll();
            task.batch = task.call == null ? null : batch;
        }
    }

    /** Returns whether a task is in a call whose next step can be taken now. */
    public boolean canStep(Task task) {
        Call call = task.call;
        if (call == null || task.dead) {
            return false;
        }
        return call.next != CallStep.WAIT || task.pending != Signal.NONE || canGoOn(call);
    }

    /** Returns whether a task is blocked in its call. */
    public boolean isBlocked(Task task) {
        return task.call != null && !canStep(task);
    }

    /**
     * Takes the next step of a task's call.
     *
     * @return the step that was taken
     * @throws IllegalStateException when the task cannot take a step now
     */
    public CallStep step(Task task) {
        Call call = task.call;
        if (call == null || !canStep(task)) {
            throw new IllegalStateException(task + " cannot step");
        }
        return take(task, call);
    }

    private CallStep take(Task task, Call call) {
        clock.advance(STEP_NANOS);
        if (task.pending == Signal.VANISH) {
            CallStep missed = call.next;
            vanish(task, call);
            return missed;
        }
        if (looksTakeSteps && (call.untold || call.next == CallStep.EXIT) && looks(task, call)) {
            return CallStep.LOOK;
        }
        if (call.untold) {
            tellOfWork(task, call);
            if (putAside(task, call)) {
                return CallStep.LOOK;
            }
        }
        CallStep taken = advance(task, call);
        putAside(task, call);
        return taken;
    }

    /** Puts a request of a batch aside once it is carried out, until all its batch is; returns whether it did so. */
    private boolean putAside(Task task, Call call) {
        Batch batch = task.batch;
        if (batch == null || batch.isFlushing || task.call != call || call.next != CallStep.EXIT || call.untold) {
            return false;
        }
        batch.issued.add(call);
        issueNext(task, batch);
        return true;
    }

    private boolean looks(Task task, Call call) {
        boolean more = false;
        for (Tracepoints observer : observers) {
            more |= observer.look(call.caller(task), call);
        }
        return more;
    }

    private CallStep advance(Task task, Call call) {
        CallStep taken = call.next;
        switch (taken) {
            case ENTER -> enter(task, call);
            case COPY_HOW -> {
                call.next = copied(call, opens.copyHow(task, call), CallStep.COPY_PATH);
                if (call.next == CallStep.EXIT) {
                    prepared(task, call);
                }
            }
            case COPY_PATH -> {
                call.next = copied(call, opens.copyPath(task, call), CallStep.WORK);
                prepared(task, call);
            }
            case COPY_BLOCK -> call.next = copied(call, connects.copyBlock(task, call), CallStep.COPY_ADDRESS);
            case COPY_ADDRESS -> {
                call.next = copied(call, connects.copyAddress(task, call), CallStep.WORK);
                prepared(task, call);
            }
            case WORK -> worked(task, call, work(task, call));
            case WAIT -> worked(task, call, waited(task, call));
            case INSTALL -> {
                opens.install(task, call);
                call.next = CallStep.EXIT;
            }
            case LOOK -> throw new IllegalStateException("no call comes to a look of itself");
            case EXIT -> exit(task, call);
        }
        return taken;
    }

    private CallStep work(Task task, Call call) {
        if (call.submission == Submission.CANCELLED) {
            call.result = -ECANCELED;
            return CallStep.EXIT;
        }
        return call.isConnect() ? connects.work(task, call) : opens.work(task, call);
    }

    /**
     * Takes steps until the task's call has returned, the task is dead, or the call is blocked; returns false when
     * blocked.
     */
    public boolean run(Task task) {
        for (Call call = task.call; call != null; call = task.call) {
            if (!canStep(task)) {
                return false;
            }
            take(task, call);
        }
        return true;
    }

    /** Interrupts a task; the signal acts on its call at the next step. */
    public void signal(Task task, Signal signal) {
        if (task.dead) {
            return;
        }
        if (task.call == null) {
            takeSignal(task, signal);
        } else if (signal.compareTo(task.pending) > 0) {
            task.pending = signal;
        }
    }

    /** Sends SIGSYS to a thread that blocks this signal, so that the signal stays pending. */
    public void pendSigsys(Task task) {
        task.sigsysBlocked = true;
        task.sigsysPending = true;
    }

    /** Ends every thread of a process; a thread that is in a call ends at its next step. */
    public void kill(TaskGroup group) {
        for (Task task : group.tasks()) {
            signal(task, Signal.KILL);
        }
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
        TaskGroup group = task.group;
        if (!canEndExec(task)) {
            throw new IllegalStateException("the process has other threads still");
        }
        if (task.tid != group.tgid) {
            tasks.remove(task.tid);
            ids.free(task.tid);
            task.tid = group.tgid;
            task.startNanos = group.startNanos;
            tasks.put(task.tid, task);
        }
        group.memory = new AddressSpace();
        task.comm(comm);
    }

    /** Ends a thread of its own accord, outside of any call. */
    public void exit(Task task) {
        if (!task.dead) {
            takeSignal(task, Signal.KILL);
        }
    }

    @Override
    public @Nullable FsContext contextOf(int tgid) {
        TaskGroup group = groups.get(tgid);
        return group == null ? null : group.fs;
    }

    @Override
    public @Nullable OpenFile descriptorOf(int tgid, int fd) {
        TaskGroup group = groups.get(tgid);
        return group == null ? null : group.descriptors.get(fd);
    }

    private void closed(OpenFile file) {
        if (file.privateData() instanceof Socket socket) {
            network.close(socket);
        }
    }

    private Call start(Task task, Call call) {
        if (task.call != null || task.dead) {
            throw new IllegalStateException(task + (task.dead ? " is dead" : " is in a call: " + task.call));
        }
        task.call = call;
        return call;
    }

    private void enter(Task task, Call call) {
        if (call.origin() == Origin.SYSCALL && refuses(task, call)) {
            call.refused = true;
            call.next = CallStep.EXIT;
            return;
        }
        if (call.origin() == Origin.SYSCALL) {
            for (Tracepoints observer : observers) {
                observer.enter(task, call);
            }
        }
        if (call.isConnect()) {
            call.next = call.isIndirect ? CallStep.COPY_BLOCK : CallStep.COPY_ADDRESS;
        } else {
            call.next = call.syscall() == Syscall.OPENAT2 ? CallStep.COPY_HOW : CallStep.COPY_PATH;
        }
    }

    /** Returns whether a filter or a tracer answers a call before it runs. */
    private static boolean refuses(Task task, Call call) {
        if (task.group.trapped.contains(call.syscall())) {
            call.result = call.number();
            task.sigsysPending = true;
            return true;
        }
        Long result = task.group.refused.get(call.syscall());
        if (result != null) {
            call.result = result;
        }
        return result != null;
    }

    private static CallStep copied(Call call, int error, CallStep next) {
        if (error == 0) {
            return next;
        }
        call.result = -error;
        return CallStep.EXIT;
    }

    /**
     * Notifies observers that a request is submitted: its arguments are copied, or the copy failed. A worker may do the
     * rest.
     */
    private void prepared(Task task, Call request) {
        if (request.origin() != Origin.IO_URING) {
            return;
        }
        for (Tracepoints observer : observers) {
            observer.submitted(task, request);
        }
        if (request.onWorker && request.next == CallStep.WORK) {
            toWorker(task, request);
        }
    }

    private void toWorker(Task task, Call request) {
        Task worker = thread(task.group);
        worker.comm(("iou-wrk-" + task.tid).getBytes(StandardCharsets.US_ASCII));
        worker.ownFs = task.fs();
        request.isHandedOver = true;
        task.call = null;
        worker.call = request;
        Signal signal = task.pending;
        task.pending = Signal.NONE;
        if (signal == Signal.KILL || signal == Signal.VANISH) {
            // The worker is a thread of the same process.
            worker.pending = signal;
        }
        if (request.submission == Submission.POLLED) {
            die(task);
        } else {
            takeSignal(task, signal);
        }
        if (task.batch != null && !task.dead) {
            issueNext(task, task.batch);
        }
    }

    private void worked(Task task, Call call, CallStep next) {
        if (next == CallStep.WAIT) {
            call.next = next;
            // A submitter never waits in a request: the kernel hands a request that would block to a worker.
            if (call.caller(task) == task && call.origin() == Origin.IO_URING) {
                toWorker(task, call);
            }
            return;
        }
        call.next = next;
        if (looksTakeSteps) {
            call.untold = true;
        } else {
            tellOfWork(task, call);
        }
    }

    private void tellOfWork(Task task, Call call) {
        call.untold = false;
        for (Tracepoints observer : observers) {
            observer.worked(task, call);
        }
    }

    private static boolean canGoOn(Call call) {
        return call.isConnect()
                ? Objects.requireNonNull(call.connect).canGoOn()
                : Objects.requireNonNull(call.open).canGoOn();
    }

    private CallStep waited(Task task, Call call) {
        if (call.isConnect()) {
            ConnectAttempt attempt = Objects.requireNonNull(call.connect);
            if (!attempt.canGoOn()) {
                call.result = attempt.abandon();
                return CallStep.EXIT;
            }
            attempt.goOn();
            // Another task may have taken the place first.
            return attempt.waits() ? CallStep.WAIT : connects.finish(call);
        }
        if (canGoOn(call)) {
            Objects.requireNonNull(call.open).goOn();
            return opens.finish(task, call);
        }
        Objects.requireNonNull(call.open).abandon();
        return opens.fail(task, call, -ERESTARTSYS);
    }

    private void exit(Task task, Call call) {
        tellOfEnd(task, call);
        release(call);
        task.call = null;
        if (!task.sigsysBlocked) {
            task.sigsysPending = false;
        }
        task.lastResult = call.result == -ERESTARTSYS ? -EINTR : call.result;
        if (call.origin() == Origin.IO_URING && isOfTheKernel(task, call)) {
            die(task);
            return;
        }
        if (task.batch != null) {
            issueNext(task, task.batch);
            if (task.call != null) {
                return;
            }
        }
        Signal signal = task.pending;
        task.pending = Signal.NONE;
        if (signal == Signal.HANDLED_RESTART && call.result == -ERESTARTSYS) {
            task.handled++;
            start(task, call.again());
        } else {
            takeSignal(task, signal);
        }
    }

    private void tellOfEnd(Task task, Call call) {
        call.done = true;
        returned++;
        for (Tracepoints observer : observers) {
            if (call.origin() == Origin.SYSCALL) {
                observer.exit(task, call);
            } else {
                observer.completed(task, call);
            }
        }
    }

    /**
     * Returns whether a task exists for a request alone: a worker, or a polling thread, which ends with its request.
     */
    private static boolean isOfTheKernel(Task task, Call request) {
        return request.caller(task) != task || request.submission == Submission.POLLED;
    }

    private void takeSignal(Task task, Signal signal) {
        if (signal == Signal.KILL || signal == Signal.VANISH) {
            die(task);
        } else if (signal != Signal.NONE) {
            task.handled++;
        }
    }

    private void vanish(Task task, Call call) {
        if (call.next == CallStep.WAIT) {
            waited(task, call);
        }
        if (!call.isConnect() && call.file != null && call.next != CallStep.EXIT) {
            call.file.release();
            opens.fail(task, call, -EINTR);
        }
        release(call);
        Batch batch = task.batch;
        if (batch != null) {
            // An issued request completes even when its thread vanishes.
            for (Call issued = batch.issued.poll(); issued != null; issued = batch.issued.poll()) {
                tellOfEnd(task, issued);
                release(issued);
            }
            task.batch = null;
        }
        die(task);
    }

    /** fdput: a connect holds its socket until it ends, even when the descriptor is closed. */
    private void release(Call call) {
        if (call.isConnect() && call.file != null && call.file.release()) {
            closed(call.file);
        }
    }

    private void die(Task task) {
        TaskGroup group = task.group;
        task.dead = true;
        for (Tracepoints observer : observers) {
            observer.threadExit(task);
        }
        task.call = null;
        group.tasks.remove(task);
        tasks.remove(task.tid);
        group.descriptors.leave();
        if (task.tid != group.tgid) {
            ids.free(task.tid);
        }
        if (group.tasks.isEmpty()) {
            // The first thread's id stays taken as long as the process lives.
            ids.free(group.tgid);
            groups.remove(group.tgid);
        }
    }

    private TaskGroup group(int tgid, FsContext context, AddressSpace memory, Descriptors descriptors) {
        TaskGroup group = new TaskGroup(tgid, memory, descriptors, context);
        groups.put(tgid, group);
        task(group, tgid);
        return group;
    }

    private Task task(TaskGroup group, int tid) {
        // Two threads with the same id must not have the same start time.
        clock.advance(STEP_NANOS);
        byte[] comm = group.tasks.isEmpty() ? new byte[0] : group.tasks.get(0).comm();
        Task task = new Task(group, tid, clock.now(), comm);
        if (tid == group.tgid) {
            group.startNanos = task.startNanos;
        }
        group.tasks.add(task);
        tasks.put(tid, task);
        return task;
    }
}
