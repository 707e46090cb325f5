/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file reads the registers in which x86 passes the arguments of a call, by its convention (R1.12). */
#ifndef UNRACED_REGISTERS_H
#define UNRACED_REGISTERS_H

#include "unraced/calls.h"
#include "unraced/exec.h"
#include "unraced/kernel.h"
#include "unraced/record.h"

#if !defined(__TARGET_ARCH_arm64) && (!defined(__KERNEL__) || defined(CONFIG_X86))

/* The conventions x86-64 and x32. */
UNRACED_INLINE void unraced_read_native(__u64 *args, struct pt_regs *regs)
{
	args[0] = KREAD(regs, di);
	args[1] = KREAD(regs, si);
	args[2] = KREAD(regs, dx);
	args[3] = KREAD(regs, r10);
}

/* The 32-bit convention, whose arguments are the lower halves of registers. */
UNRACED_INLINE void unraced_read_ia32(__u64 *args, struct pt_regs *regs)
{
	args[0] = (__u32)KREAD(regs, bx);
	args[1] = (__u32)KREAD(regs, cx);
	args[2] = (__u32)KREAD(regs, dx);
	args[3] = (__u32)KREAD(regs, si);
}

/* Reads the arguments of an exec whose convention is known. */
UNRACED_INLINE void unraced_read_exec(struct unraced_exec_registers *to, struct pt_regs *regs)
{
	if (to->abi == UNRACED_ABI_IA32) {
		to->args[0] = (__u32)KREAD(regs, bx);
		to->args[1] = (__u32)KREAD(regs, cx);
		to->args[4] = (__u32)KREAD(regs, di);
		return;
	}
	to->args[0] = KREAD(regs, di);
	to->args[1] = KREAD(regs, si);
	to->args[4] = KREAD(regs, r8);
}

/* Finds out whether a call of this number is an exec, and reads its arguments if it is. */
UNRACED_INLINE bool unraced_find_exec(struct unraced_exec_registers *to, struct pt_regs *regs, bool is_ia32,
				      __u32 number)
{
	if (is_ia32) {
		to->abi = UNRACED_ABI_IA32;
		to->call = unraced_ia32_exec(number);
	} else {
		to->abi = number & UNRACED_X32_BIT ? UNRACED_ABI_X32 : UNRACED_ABI_NATIVE;
		to->call = unraced_x86_64_exec(number);
	}
	if (!to->call)
		return 0;
	unraced_read_exec(to, regs);
	return 1;
}

#endif
#endif
