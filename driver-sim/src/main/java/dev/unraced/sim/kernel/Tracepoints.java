// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/**
 * Where an observer can look at the simulated kernel, as BPF programs look at the real one. Called within the step, so
 * that no other task runs meanwhile. Implementations must not change the machine.
 */
public interface Tracepoints {

    /**
     * sys_enter: nothing of the arguments has been copied yet. Not called for a call that is refused before it runs.
     */
    void enter(Task task, Call call);

    /**
     * The return of do_filp_open or __sys_connect_file: the kernel's own copies are final, and so is what they led to.
     * Not called when the call fails before.
     */
    void worked(Task task, Call call);

    /** sys_exit, before the thread is back in user space. */
    void exit(Task task, Call call);

    /**
     * A request of an io_uring was taken off its queue, and its arguments are copied, or were refused (io_submit_sqe of
     * io_uring/io_uring.c); {@code task} is its submitter.
     */
    void submitted(Task task, Call request);

    /**
     * A request that is none of the watched calls was taken off the queue of an io_uring, and is not carried out yet;
     * those of the same batch before it are.
     */
    void submittedOther(Task task);

    /**
     * Time for an observer to read a little of what it will tell of in {@link #worked} or {@link #exit}, whichever
     * comes next. Others run before it is asked again. Called only on machines where looks take steps.
     *
     * @return whether there is more to read
     */
    boolean look(Task task, Call call);

    /** A request of an io_uring is done; {@code task} may be a worker. */
    void completed(Task task, Call request);

    /** sched_process_exit: the thread will never return from a call again. */
    void threadExit(Task task);
}
