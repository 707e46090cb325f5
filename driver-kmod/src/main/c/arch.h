/* SPDX-License-Identifier: GPL-2.0-only */
/* What depends on the processor: which calls there are, by which convention, and where their arguments are. */
#ifndef UNRACED_ARCH_H
#define UNRACED_ARCH_H

#include <linux/bitops.h>
#include <linux/ptrace.h>
#include <linux/types.h>

struct unraced_arguments {
	u8 syscall; /* enum unraced_syscall */
	u8 abi;
	u8 indirect; /* values[0] is the user address of the block that holds a socketcall's arguments */
	u64 values[4];
};

#define UNRACED_ARCH_NUMBERS 512

/* Some kernels are built so that each variable is zeroed first; unraced_arch_call() fills this one whenever it is used. */
#if __has_attribute(uninitialized)
#define UNRACED_FILLED_LATER __attribute__((uninitialized))
#else
#define UNRACED_FILLED_LATER
#endif

/* By number, whether a call may be one that can be watched; of all conventions, whose marks are cut off. */
extern const unsigned long unraced_arch_numbers[UNRACED_ARCH_NUMBERS / BITS_PER_LONG];

/* For every call of the machine: in a few instructions, no to nearly all of them. */
static inline bool unraced_arch_may_be(long number)
{
	return test_bit(number & (UNRACED_ARCH_NUMBERS - 1), unraced_arch_numbers);
}

/* Whether the current task's call of this number is one that can be watched; its arguments by its registers. */
bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to);

#endif
