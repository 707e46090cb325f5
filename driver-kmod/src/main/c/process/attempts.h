/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows each execve and execveat from its entry to its end. One that fails makes an event of its own; one that
 * succeeds gives the event of its exec the credentials that the thread had before (R16.10, R16.11).
 */
#ifndef UNRACED_PROCESS_ATTEMPTS_H
#define UNRACED_PROCESS_ATTEMPTS_H

#include <linux/ptrace.h>
#include <linux/sched.h>

#include "lib/capture.h"
#include "unraced/exec.h"

struct unraced_attempt;

/* Makes the table of the calls that are under way. Returns whether there was memory for it. */
bool unraced_attempts_init(struct unraced_capture *capture);
/* Begins a call of the current thread, at its entry. */
void unraced_exec_enters(struct unraced_capture *capture, const struct unraced_exec_registers *from);
/* Ends a call of the current thread, at its return. */
void unraced_exec_returns(struct unraced_capture *capture, const struct unraced_exec_registers *from, long result);
/*
 * Takes the call in which a task is, at the event of its exec. Returns null where its entry was not seen. Its caller
 * keeps preemption off, and what it gets lies in the scratch memory.
 */
const struct unraced_attempt *unraced_attempt_take(struct unraced_capture *capture, const struct task_struct *task);
/*
 * Returns whether the kernel resolved the path of the current task's exec in another mount namespace than the task's,
 * or may have (R2.46).
 */
bool unraced_exec_path_is_elsewhere(const struct unraced_exec *exec);
/*
 * Drops the call of a task that ends, and returns the number of the task's last image. The verdict about the task
 * becomes that about this image. The caller keeps preemption off, and uses none of the scratch memory before.
 */
u32 unraced_attempt_end(struct unraced_capture *capture, const struct task_struct *task, enum unraced_verdict *verdict);

/* The tracepoints sys_enter and sys_exit call these. Their data is the capture. */
void unraced_on_exec_enter(void *data, struct pt_regs *regs, long number);
void unraced_on_exec_exit(void *data, struct pt_regs *regs, long result);

#endif
