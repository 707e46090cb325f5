/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_SYSCALL_EXIT_H
#define UNRACED_SYSCALL_EXIT_H

#include <linux/ptrace.h>

struct task_struct;
struct unraced_arguments;
struct unraced_capture;

/* Ends a call of the current thread at the return from its function. Its caller keeps preemption off. */
void unraced_leave_function(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result);

/* The tracepoint sys_exit calls this. Its data is the capture. */
void unraced_on_exit(void *data, struct pt_regs *regs, long result);
/* The tracepoint sched_process_exit calls this. */
void unraced_on_thread_exit(void *data, struct task_struct *task);

#endif
