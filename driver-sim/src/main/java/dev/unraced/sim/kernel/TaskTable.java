// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.fs.FsContext;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.ProcView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The live threads and processes by their ids: they are made here, and end here (do_exit of kernel/exit.c). */
final class TaskTable implements ProcView {
    private static final int INIT = 1;
    private static final int SIGKILL = 9;

    private final VirtualClock clock;
    private final Observers observers;
    private final ThreadIds ids;
    private final Map<Integer, Task> tasks = new HashMap<>();
    private final Map<Integer, TaskGroup> groups = new HashMap<>();

    TaskTable(VirtualClock clock, Observers observers, int maxThreadId) {
        this.clock = clock;
        this.observers = observers;
        this.ids = new ThreadIds(maxThreadId);
    }

    Task init() {
        return Objects.requireNonNull(tasks.get(INIT));
    }

    @Nullable
    Task get(int tid) {
        return tasks.get(tid);
    }

    List<Task> all() {
        return List.copyOf(tasks.values());
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

    /** Takes an id for a task to be made. */
    int newId() {
        return ids.next();
    }

    /** Takes a chosen id; returns false when it is taken already. */
    boolean takeId(int id) {
        return ids.take(id);
    }

    /** Adds a process with one thread, by an id that was taken. */
    TaskGroup addGroup(int tgid, FsContext context, AddressSpace memory, Descriptors descriptors) {
        TaskGroup group = new TaskGroup(tgid, memory, descriptors, context);
        groups.put(tgid, group);
        add(group, tgid);
        return group;
    }

    /** Adds a thread to a process that has threads, by an id that was taken. */
    Task addThread(TaskGroup group, int tid) {
        Task task = add(group, tid);
        group.descriptors.share();
        return task;
    }

    private Task add(TaskGroup group, int tid) {
        // Two threads with the same id must not have the same start time.
        clock.step();
        byte[] comm = group.tasks.isEmpty() ? new byte[0] : group.tasks.get(0).comm();
        Task task = new Task(group, tid, clock.now(), comm);
        if (tid == group.tgid) {
            group.startNanos = task.startNanos;
        }
        group.tasks.add(task);
        tasks.put(tid, task);
        return task;
    }

    /** Gives the only thread of a process the id and the start time of the process's first thread. */
    void makeLeader(Task task) {
        TaskGroup group = task.group;
        if (task.tid != group.tgid) {
            tasks.remove(task.tid);
            ids.free(task.tid);
            task.tid = group.tgid;
            task.startNanos = group.startNanos;
            tasks.put(task.tid, task);
        }
    }

    /** Lets a signal act on a task that is in no call. */
    void deliver(Task task, Signal signal) {
        if (signal == Signal.KILL || signal == Signal.VANISH) {
            task.group.exitStatus = SIGKILL;
            end(task);
        } else if (signal != Signal.NONE) {
            task.handled++;
        }
    }

    /** Ends a thread. */
    void end(Task task) {
        TaskGroup group = task.group;
        task.dead = true;
        observers.each(observer -> observer.threadExit(task));
        if (group.tasks.size() == 1) {
            observers.each(observer -> observer.processExit(task));
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
}
