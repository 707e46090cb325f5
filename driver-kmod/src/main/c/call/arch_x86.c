// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/compat.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "call/arch.h"
#include "unraced/calls.h"
#include "unraced/registers.h"

#define OR_BIT_OF(number, call, word) | ((number) / BITS_PER_LONG == (word) ? 1ul << ((number) % BITS_PER_LONG) : 0)
#define BITS(word)                                                                                                     \
	[word] = 0 UNRACED_CALLS_X86_64(OR_BIT_OF, word) UNRACED_CALLS_IA32(OR_BIT_OF, word)                           \
		UNRACED_CALLS_EVERYWHERE(OR_BIT_OF, word)

static_assert(UNRACED_X32_BIT == __X32_SYSCALL_BIT);
static_assert(UNRACED_SOCKETCALL_CONNECT == SYS_CONNECT);
static_assert(UNRACED_X32_BIT % UNRACED_CALL_NUMBERS == 0);

const unsigned long unraced_arch_numbers[UNRACED_CALL_NUMBERS / BITS_PER_LONG] = {
	BITS(0), BITS(1), BITS(2), BITS(3), BITS(4), BITS(5), BITS(6), BITS(7),
};

static bool ia32_arguments(struct pt_regs *regs, u8 syscall, bool indirect, struct unraced_arguments *to)
{
	to->syscall = syscall;
	to->abi = UNRACED_ABI_IA32;
	to->indirect = indirect;
	/*
	 * The arguments of a socketcall(2) lie in memory, which another thread or process can change until the kernel
	 * has read them.
	 */
	if (to->indirect) {
		to->values[0] = (u32)regs->cx;
		return (u32)regs->bx == UNRACED_SOCKETCALL_CONNECT;
	}
	unraced_read_ia32(to->values, regs);
	return to->syscall;
}

static bool native_arguments(struct pt_regs *regs, u8 syscall, long number, struct unraced_arguments *to)
{
	to->syscall = syscall;
	to->abi = number & UNRACED_X32_BIT ? UNRACED_ABI_X32 : UNRACED_ABI_NATIVE;
	to->indirect = 0;
	unraced_read_native(to->values, regs);
	return syscall;
}

bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to)
{
	if (in_ia32_syscall())
		return ia32_arguments(regs, unraced_ia32_call(number), number == UNRACED_IA32_SOCKETCALL, to);
	/* All five calls have the same number in x86-64 and in x32. */
	return native_arguments(regs, unraced_x86_64_call(number), number, to);
}

bool unraced_arch_arguments(struct pt_regs *regs, const struct unraced_arch_function *function,
			    struct unraced_arguments *to)
{
	if (function->convention == UNRACED_ARCH_NATIVE)
		return native_arguments(regs, function->syscall, regs->orig_ax, to);
	return ia32_arguments(regs, function->syscall, function->convention == UNRACED_ARCH_SOCKETCALL, to);
}

bool unraced_arch_exec(struct pt_regs *regs, long number, struct unraced_exec_registers *to)
{
	return unraced_find_exec(to, regs, in_ia32_syscall(), number);
}

void unraced_arch_exec_arguments(struct pt_regs *regs, struct unraced_exec_registers *to)
{
	unraced_read_exec(to, regs);
}
