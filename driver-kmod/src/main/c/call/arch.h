/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that depends on the processor: the numbers of the calls, their conventions, and the registers of their
 * arguments.
 */
#ifndef UNRACED_CALL_ARCH_H
#define UNRACED_CALL_ARCH_H

#include <linux/bitops.h>
#include <linux/ptrace.h>
#include <linux/types.h>

#include "unraced/calls.h"

struct unraced_arguments {
	u8 syscall; /* an enum unraced_syscall */
	u8 abi;
	u8 indirect; /* values[0] is the user address of the block that holds the arguments of a socketcall(2) */
	u64 values[4];
};

/*
 * Some kernels are built to zero each variable first. A variable with this mark is filled by unraced_arch_call() before
 * its use.
 */
#if __has_attribute(uninitialized)
#define UNRACED_FILLED_LATER __attribute__((uninitialized))
#else
#define UNRACED_FILLED_LATER
#endif

/*
 * One bit per call number, without the bits that mark a convention: 1 if that number may be a watched call in some
 * convention.
 */
extern const unsigned long unraced_arch_numbers[UNRACED_CALL_NUMBERS / BITS_PER_LONG];

/* Every call of the machine passes this test, which rejects nearly all of them in a few instructions. */
static inline bool unraced_arch_may_be(long number)
{
	return test_bit(number & (UNRACED_CALL_NUMBERS - 1), unraced_arch_numbers);
}

/* Returns whether the current task's call of this number can be watched, and reads its arguments from the registers. */
bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to);

#endif
