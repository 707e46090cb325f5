// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.TaskGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The actor's process and its children, and the count of the calls that they make. */
final class ActorProcesses {
    /** The seed gives every run the same interleavings. */
    private static final long SEED = 42;

    private final Kernel kernel;
    private final Task main;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<TaskGroup> children = new ArrayList<>();
    private long begun;
    private long ended;

    ActorProcesses(Kernel kernel) {
        this.kernel = kernel;
        this.main = kernel.fork(kernel.init(), "actor".getBytes(StandardCharsets.US_ASCII));
    }

    Kernel kernel() {
        return kernel;
    }

    Task main() {
        return main;
    }

    SplittableRandom random() {
        return random;
    }

    long begun() {
        return begun;
    }

    long ended() {
        return ended;
    }

    void countBegun() {
        begun++;
    }

    void countEnded() {
        ended++;
    }

    Task fork() {
        return child(kernel.fork(main, main.comm()));
    }

    /** Makes a child in the same memory, as vfork does. */
    Task vfork() {
        return child(kernel.vfork(main, main.comm()));
    }

    /** Makes a child that has an id again that a dead thread had. */
    Task forkAs(int id) {
        Task child = kernel.forkAs(main, main.comm(), id);
        if (child == null) {
            throw new RefusedException("unsupported: the id is in use");
        }
        return child(child);
    }

    private Task child(Task child) {
        children.add(child.group());
        return child;
    }

    /** Places a path in a task's memory and returns its address. */
    static long path(Task task, byte[] path) {
        return task.group().memory().place(path);
    }

    /** Begins an open. */
    void openat(Task task, long path, long flags, long mode) {
        begun++;
        kernel.begin(task, Syscall.OPENAT, AT_FDCWD, path, flags, mode);
    }

    /** Opens a path; returns whether the open returned. */
    boolean open(Task task, byte[] path, long flags, long mode) {
        return open(task, path(task, path), flags, mode);
    }

    boolean open(Task task, long path, long flags, long mode) {
        openat(task, path, flags, mode);
        return run(task);
    }

    /** Closes the descriptor that a task's last call returned, if it returned one. */
    static void closeLast(Task task) {
        task.group().descriptors().close((int) task.lastResult());
    }

    /** Runs a call until it returns or blocks; returns whether it returned. */
    boolean run(Task task) {
        boolean over = kernel.run(task);
        ended += over && !task.isDead() ? 1 : 0;
        return over;
    }

    /** Ends a task in its call: half of the tasks by SIGKILL, half without a return of the call. */
    void kill(Task task) {
        kernel.signal(task, random.nextBoolean() ? Signal.KILL : Signal.VANISH);
        kernel.run(task);
    }

    void end(TaskGroup group) {
        kernel.kill(group, null);
        children.remove(group);
    }

    void endAll() {
        List.copyOf(children).forEach(this::end);
        end(main.group());
    }
}
