// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.ProcessView.ExecCall;

/**
 * The points at which an observer can look at the simulated kernel, as BPF programs look at the real one. The kernel
 * calls them within a step, so no other task runs meanwhile. Implementations must not change the machine.
 */
public interface Tracepoints {

    /**
     * sys_enter: the kernel has not copied any argument yet. It is not called when the call is refused before it runs.
     */
    void enter(Task task, Call call);

    /**
     * The return of do_filp_open or __sys_connect_file: the kernel's own copies are final, and so is the object that
     * they led to. It is not called when the call fails before.
     */
    void worked(Task task, Call call);

    /** sys_exit, before the thread is back in user space. */
    void exit(Task task, Call call);

    /**
     * The kernel took a request off an io_uring's queue, and copied or refused its arguments (io_submit_sqe of
     * io_uring/io_uring.c). {@code task} is its submitter.
     */
    void submitted(Task task, Call request);

    /**
     * The kernel took a request that is not a watched call off an io_uring's queue. It has carried out the earlier
     * requests of the batch, and not yet this one.
     */
    void submittedOther(Task task);

    /**
     * Lets an observer read the next part of what it will report in {@link #worked} or {@link #exit}, whichever comes
     * next. Other tasks run before the next look. It is called only on machines where looks take steps.
     *
     * @return whether there is more to read
     */
    boolean look(Task task, Call call);

    /** A request of an io_uring is complete; {@code task} may be a worker. */
    void completed(Task task, Call request);

    /** sched_process_fork: a process was made, and has not run yet. Threads are no processes. */
    default void forked(TaskGroup forker, Task child) {}

    /**
     * sched_process_exec: a process has executed a program, which has not run yet.
     *
     * @param before the id that the thread had before
     */
    default void executed(Task task, int before) {}

    /**
     * The return of an execve or execveat that has failed, relative to the working directory.
     *
     * @param error the errno
     */
    default void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {}

    /** sched_process_exit of the last thread of a process. */
    default void processExit(Task last) {}

    /** sched_process_exit: the thread will never return from a call again. */
    void threadExit(Task task);
}
