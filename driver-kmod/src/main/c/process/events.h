/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The handlers of the scheduler's tracepoints, which apply the filters by the caller (R16.7). Their data is the
 * capture.
 */
#ifndef UNRACED_PROCESS_EVENTS_H
#define UNRACED_PROCESS_EVENTS_H

#include <linux/binfmts.h>
#include <linux/sched.h>

/*
 * The new image is in place, and the program has not run yet. The event names the path, the file and the arguments
 * (R16.2), and the interpreter of a script (R16.3).
 */
void unraced_on_process_exec(void *data, struct task_struct *task, pid_t before, struct linux_binprm *program);
/* The child has not run yet (R16.1). */
void unraced_on_process_fork(void *data, struct task_struct *forker, struct task_struct *child);
/* A thread ends; of the last of a process, an event is made. */
void unraced_on_process_exit(void *data, struct task_struct *task);

#endif
