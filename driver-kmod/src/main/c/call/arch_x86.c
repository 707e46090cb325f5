// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/compat.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "unraced/record.h"
#include "call/arch.h"

/* The numbers are those of arch/x86/entry/syscalls/syscall_32.tbl. */
enum {
	IA32_OPEN = 5,
	IA32_CREAT = 8,
	IA32_SOCKETCALL = 102,
	IA32_OPENAT = 295,
	IA32_CONNECT = 362,
	IA32_OPENAT2 = 437,
};

#define BIT_OF(number, word) ((number) / BITS_PER_LONG == (word) ? 1ul << ((number) % BITS_PER_LONG) : 0)
#define BITS(word)                                                                                                     \
	[word] = BIT_OF(__NR_open, word) | BIT_OF(__NR_creat, word) | BIT_OF(__NR_openat, word) |                      \
		 BIT_OF(__NR_openat2, word) | BIT_OF(__NR_connect, word) | BIT_OF(IA32_OPEN, word) |                   \
		 BIT_OF(IA32_CREAT, word) | BIT_OF(IA32_SOCKETCALL, word) | BIT_OF(IA32_OPENAT, word) |                \
		 BIT_OF(IA32_CONNECT, word)

static_assert(IA32_OPENAT2 == __NR_openat2);
static_assert(__X32_SYSCALL_BIT % UNRACED_ARCH_NUMBERS == 0);

const unsigned long unraced_arch_numbers[UNRACED_ARCH_NUMBERS / BITS_PER_LONG] = {
	BITS(0), BITS(1), BITS(2), BITS(3), BITS(4), BITS(5), BITS(6), BITS(7),
};

static u8 native_call(long number)
{
	switch (number) {
	case __NR_open:
		return UNRACED_OPEN;
	case __NR_creat:
		return UNRACED_CREAT;
	case __NR_openat:
		return UNRACED_OPENAT;
	case __NR_openat2:
		return UNRACED_OPENAT2;
	case __NR_connect:
		return UNRACED_CONNECT;
	}
	return 0;
}

static u8 ia32_call(long number)
{
	switch (number) {
	case IA32_OPEN:
		return UNRACED_OPEN;
	case IA32_CREAT:
		return UNRACED_CREAT;
	case IA32_OPENAT:
		return UNRACED_OPENAT;
	case IA32_OPENAT2:
		return UNRACED_OPENAT2;
	case IA32_CONNECT:
	case IA32_SOCKETCALL:
		return UNRACED_CONNECT;
	}
	return 0;
}

static bool ia32_arguments(struct pt_regs *regs, long number, struct unraced_arguments *to)
{
	to->syscall = ia32_call(number);
	to->abi = UNRACED_ABI_IA32;
	to->indirect = number == IA32_SOCKETCALL;
	/*
	 * The arguments of a socketcall(2) lie in memory, which another thread or process can change until the kernel
	 * has read them.
	 */
	if (to->indirect) {
		to->values[0] = (u32)regs->cx;
		return (u32)regs->bx == SYS_CONNECT;
	}
	to->values[0] = (u32)regs->bx;
	to->values[1] = (u32)regs->cx;
	to->values[2] = (u32)regs->dx;
	to->values[3] = (u32)regs->si;
	return to->syscall;
}

bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to)
{
	if (in_ia32_syscall())
		return ia32_arguments(regs, number, to);
	to->abi = number & __X32_SYSCALL_BIT ? UNRACED_ABI_X32 : UNRACED_ABI_NATIVE;
	/* All five calls have the same number in x86-64 and in x32. */
	to->syscall = native_call(number & ~(long)__X32_SYSCALL_BIT);
	if (!to->syscall)
		return false;
	to->indirect = 0;
	to->values[0] = regs->di;
	to->values[1] = regs->si;
	to->values[2] = regs->dx;
	to->values[3] = regs->r10;
	return true;
}
