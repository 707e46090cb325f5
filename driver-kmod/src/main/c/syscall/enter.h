/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_SYSCALL_ENTER_H
#define UNRACED_SYSCALL_ENTER_H

#include <linux/ptrace.h>

struct unraced_arguments;
struct unraced_capture;

/* Begins a call of the current thread, if the capture watches it. */
void unraced_enter_call(struct unraced_capture *capture, const struct unraced_arguments *arguments);
/* The tracepoint sys_enter calls this. Its data is the capture. */
void unraced_on_enter(void *data, struct pt_regs *regs, long number);

#endif
