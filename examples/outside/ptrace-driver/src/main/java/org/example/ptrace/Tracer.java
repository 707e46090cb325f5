// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Mitigation;
import dev.unraced.ring.Naps;
import dev.unraced.ring.RingReader;
import dev.unraced.ring.SourceStats;
import dev.unraced.ring.UserSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Stops each traced thread at the entry and the return of each call. One thread makes all requests, as the kernel takes
 * them from the tracer alone.
 *
 * <p>A thread runs on only after its call is in the statistics and its record in the ring. So whoever asks for the
 * statistics after a call has returned finds it there.
 */
final class Tracer extends UserSource {
    private static final int SIGTRAP = 5;
    private static final int SYSCALL_STOP = SIGTRAP | 0x80;
    private static final int EXITED = 0;
    private static final int STOPPED = 0x7f;
    private static final int ENTRY = 1;
    private static final int EXIT = 2;
    private static final int REGISTERS = 6;
    private static final int SPINS = 150;
    private static final long NAP_NANOS = 50_000;
    /** The longest wait for threads that do not stop, since they sleep without taking a signal. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final List<Integer> processes;
    private final CallRecorder calls;
    private final CaptureConfig config;
    private final Map<Integer, Task> tasks = new HashMap<>();
    private final Memory status = new Memory(Integer.BYTES);
    private final Memory info = new Memory(128);
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Thread thread = new Thread(this::trace, "ptrace-driver");
    private volatile Mitigation mode;
    private volatile boolean isStopping;
    private volatile Throwable failure;
    /** The threads that have not stopped since they were seized. */
    private int starting;

    private Tracer(CaptureConfig config) {
        this.config = config;
        this.processes = config.section(PtraceDriver.NAME).integers("processes");
        this.calls = new CallRecorder(config);
        this.mode = config.mitigation();
        thread.setDaemon(true);
    }

    /** Seizes the processes, and returns when all of their threads are watched. */
    static Tracer start(CaptureConfig config) {
        Tracer tracer = new Tracer(config);
        tracer.thread.start();
        try {
            tracer.started.join();
            return tracer;
        } catch (CompletionException e) {
            tracer.stop();
            throw new CaptureException(e.getCause().getMessage(), e.getCause());
        }
    }

    RingReader reader() {
        return calls.reader();
    }

    private void trace() {
        try {
            processes.forEach(this::seize);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            long idle = 0;
            while (!isStopping) {
                idle = step() ? 0 : idle + 1;
                if (starting <= 0 || System.nanoTime() > deadline) {
                    started.complete(null);
                }
                if (idle > SPINS) {
                    LockSupport.parkNanos(NAP_NANOS);
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            started.completeExceptionally(e);
        } finally {
            detach();
            notifier().wake();
        }
    }

    /** Handles the next stop of a thread. Returns whether there was one. */
    private boolean step() {
        int tid = Ptrace.waitpid(-1, status, Ptrace.WAIT);
        if (tid <= 0) {
            Thread.onSpinWait();
            return false;
        }
        synchronized (this) {
            handle(tid, status.getInt(0));
        }
        notifier().notifyReader();
        return true;
    }

    private void handle(int tid, int wait) {
        int signal = wait >> 8 & 0xff;
        int event = wait >>> 16;
        if ((wait & 0x7f) != STOPPED) {
            ended(tid);
            return;
        }
        Task task = tasks.computeIfAbsent(tid, this::newTask);
        if (event == Ptrace.EVENT_STOP) {
            paused(task, signal);
            return;
        }
        switch (event) {
            case Ptrace.EVENT_FORK, Ptrace.EVENT_VFORK, Ptrace.EVENT_CLONE -> born(task, eventMessage(tid));
            case Ptrace.EVENT_EXEC -> executed(task, eventMessage(tid));
            default -> {
                if (signal == SYSCALL_STOP) {
                    call(task);
                }
            }
        }
        resume(tid, event == 0 && signal != SYSCALL_STOP ? signal : 0);
    }

    private void paused(Task task, int signal) {
        if (task.isStarting) {
            task.isStarting = false;
            starting--;
        }
        if (isStopping) {
            Ptrace.request(Ptrace.DETACH, task.tid, 0);
            tasks.remove(task.tid);
        } else if (!task.isKnown) {
            task.isHeld = true;
        } else if (signal == SIGTRAP) {
            resume(task.tid, 0);
        } else {
            // A signal such as SIGSTOP has stopped the whole process. The thread remains so, and tells of its end.
            Ptrace.request(Ptrace.LISTEN, task.tid, 0);
        }
    }

    private void call(Task task) {
        Ptrace.ptrace(Ptrace.GET_SYSCALL_INFO, task.tid, info.size(), info);
        if (info.getByte(0) == ENTRY) {
            long[] registers = info.getLongArray(32, REGISTERS);
            WatchedCall call = WatchedCall.of(info.getInt(4), (int) info.getLong(24), registers, mode);
            if (call != null && config.syscalls().contains(call.syscall())) {
                task.isSharing = task.files.users > 1;
                calls.entered(task, call);
            }
        } else if (info.getByte(0) == EXIT && task.call != null) {
            calls.returned(task, info.getLong(24));
        }
    }

    /** Learns of a child before it runs: only now the kernel tells whether it was born with its parent's table. */
    private void born(Task parent, int tid) {
        Task child = tasks.computeIfAbsent(tid, this::newTask);
        if (Ptrace.shareFiles(parent.tid, tid)) {
            child.files = parent.files;
            child.files.users++;
        }
        release(child);
    }

    private void release(Task child) {
        child.isKnown = true;
        if (child.isHeld) {
            child.isHeld = false;
            resume(child.tid, 0);
        }
    }

    /** Makes a thread that executed a program a new one: it has the id of its process and a table of its own. */
    private void executed(Task task, int formerTid) {
        ended(formerTid);
        ended(task.tid);
        tasks.put(task.tid, newKnownTask(task.tid));
    }

    private void ended(int tid) {
        Task task = tasks.remove(tid);
        if (task != null) {
            task.files.users--;
        }
        calls.ended(tid);
        // A parent that was killed tells nothing of its children. They may share what it shared.
        for (Task child : tasks.values()) {
            if (child.isHeld) {
                child.files.users++;
                release(child);
            }
        }
    }

    private Task newTask(int tid) {
        return new Task(tid, calls.startNanos(tid));
    }

    private Task newKnownTask(int tid) {
        Task task = newTask(tid);
        task.isKnown = true;
        return task;
    }

    private int eventMessage(int tid) {
        Ptrace.ptrace(Ptrace.GET_EVENT_MESSAGE, tid, 0, info);
        return (int) info.getLong(0);
    }

    /** Lets a thread run to its next stop; one that was killed meanwhile does not. */
    private static void resume(int tid, int signal) {
        Ptrace.request(Ptrace.RUN_TO_SYSCALL, tid, signal);
    }

    /** Seizes all threads of a process and of its descendants, also those that are born meanwhile. */
    private void seize(int pid) {
        ProcessHandle.of(pid).stream()
                .flatMap(top -> Stream.concat(Stream.of(top), top.descendants()))
                .mapToLong(ProcessHandle::pid)
                .forEach(process -> {
                    boolean isAlone = ProcFiles.numbers("/proc")
                            .noneMatch(other -> other != process && Ptrace.shareFiles(process, other));
                    Task.Files files = new Task.Files();
                    files.users = isAlone ? 0 : 1;
                    while (seizeThreads(process, files)) {
                        Thread.onSpinWait();
                    }
                });
    }

    private boolean seizeThreads(long pid, Task.Files files) {
        boolean isNew = false;
        for (int tid : ProcFiles.numbers("/proc/" + pid + "/task").toArray()) {
            if (!tasks.containsKey(tid) && Ptrace.request(Ptrace.SEIZE, tid, Ptrace.OPTIONS) == 0) {
                Ptrace.request(Ptrace.INTERRUPT, tid, 0);
                Task task = newKnownTask(tid);
                task.files = files;
                files.users++;
                task.isStarting = true;
                tasks.put(tid, task);
                starting++;
                isNew = true;
            } else if (!tasks.containsKey(tid) && Native.getLastError() == Ptrace.EPERM) {
                throw new CaptureException(
                        "Process " + pid + " cannot be traced: another tracer has it, or this user may not."
                                + " Run as root, or as its user with kernel.yama.ptrace_scope=0.");
            }
        }
        return isNew;
    }

    /** Lets all threads go. Each has to stop for that; those that do not are let go by the end of this thread. */
    private void detach() {
        isStopping = true;
        tasks.keySet().forEach(tid -> Ptrace.request(Ptrace.INTERRUPT, tid, 0));
        // A held thread has stopped already, and stops no second time.
        tasks.values().removeIf(task -> task.isHeld && Ptrace.request(Ptrace.DETACH, task.tid, 0) == 0);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!tasks.isEmpty() && System.nanoTime() < deadline) {
            step();
        }
        calls.close();
    }

    @Override
    public boolean isEnded() {
        return failure != null;
    }

    @Override
    public Throwable failure() {
        return failure;
    }

    @Override
    public Mitigation mitigation() {
        return mode;
    }

    @Override
    public void switchTo(Mitigation next) {
        mode = next;
    }

    @Override
    public synchronized SourceStats stats() {
        return calls.stats(notifier().wakeups());
    }

    @Override
    public void stop() {
        isStopping = true;
        Naps.until(() -> !thread.isAlive(), NAP_NANOS);
    }

    @Override
    public void release() {
        // The ring is ordinary memory.
    }
}
