/* SPDX-License-Identifier: GPL-2.0-only */
/* What depends on the processor: which calls there are, by which convention, and where their arguments are. */
#ifndef UNRACED_ARCH_H
#define UNRACED_ARCH_H

#include <linux/ptrace.h>
#include <linux/types.h>

struct unraced_arguments {
	u8 syscall; /* enum unraced_syscall */
	u8 abi;
	u64 values[4];
};

/* Whether the current task's call of this number is one that can be watched; its arguments by its registers. */
bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to);

#endif
