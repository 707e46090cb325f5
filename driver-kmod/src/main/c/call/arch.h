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
#include "unraced/exec.h"

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

/* The conventions of the kernel's functions for calls. */
enum unraced_arch_convention {
	UNRACED_ARCH_NATIVE, /* x32, too */
	UNRACED_ARCH_IA32,
	UNRACED_ARCH_SOCKETCALL,
};

/* A function of the kernel that carries out a call. */
struct unraced_arch_function {
	const char *symbol;
	u8 syscall; /* an enum unraced_syscall */
	u8 convention; /* an enum unraced_arch_convention */
};

#ifdef CONFIG_IA32_EMULATION
#define UNRACED_ARCH_FUNCTIONS_IA32(FUNCTION)                                                                          \
	FUNCTION(ia32_openat, "__ia32_compat_sys_openat", UNRACED_OPENAT, UNRACED_ARCH_IA32)                           \
	FUNCTION(ia32_open, "__ia32_compat_sys_open", UNRACED_OPEN, UNRACED_ARCH_IA32)                                 \
	FUNCTION(ia32_openat2, "__ia32_sys_openat2", UNRACED_OPENAT2, UNRACED_ARCH_IA32)                               \
	FUNCTION(ia32_creat, "__ia32_sys_creat", UNRACED_CREAT, UNRACED_ARCH_IA32)                                     \
	FUNCTION(ia32_connect, "__ia32_sys_connect", UNRACED_CONNECT, UNRACED_ARCH_IA32)                               \
	FUNCTION(ia32_socketcall, "__ia32_compat_sys_socketcall", UNRACED_CONNECT, UNRACED_ARCH_SOCKETCALL)
#else
#define UNRACED_ARCH_FUNCTIONS_IA32(FUNCTION)
#endif

/*
 * The kernel's functions for the watched calls: calls FUNCTION(name, symbol, syscall, convention) for each, the most
 * frequent ones first.
 */
#define UNRACED_ARCH_FUNCTIONS(FUNCTION)                                                                               \
	FUNCTION(native_openat, "__x64_sys_openat", UNRACED_OPENAT, UNRACED_ARCH_NATIVE)                               \
	FUNCTION(native_open, "__x64_sys_open", UNRACED_OPEN, UNRACED_ARCH_NATIVE)                                     \
	FUNCTION(native_connect, "__x64_sys_connect", UNRACED_CONNECT, UNRACED_ARCH_NATIVE)                            \
	FUNCTION(native_openat2, "__x64_sys_openat2", UNRACED_OPENAT2, UNRACED_ARCH_NATIVE)                            \
	FUNCTION(native_creat, "__x64_sys_creat", UNRACED_CREAT, UNRACED_ARCH_NATIVE)                                  \
	UNRACED_ARCH_FUNCTIONS_IA32(FUNCTION)

/* Reads the arguments of a call that is in one of these functions. Returns whether it can be watched. */
bool unraced_arch_arguments(struct pt_regs *regs, const struct unraced_arch_function *function,
			    struct unraced_arguments *to);

#ifdef CONFIG_IA32_EMULATION
#define UNRACED_ARCH_EXECS_IA32(FUNCTION)                                                                              \
	FUNCTION(ia32_execve, "__ia32_compat_sys_execve", UNRACED_EXECVE, UNRACED_ABI_IA32)                            \
	FUNCTION(ia32_execveat, "__ia32_compat_sys_execveat", UNRACED_EXECVEAT, UNRACED_ABI_IA32)
#else
#define UNRACED_ARCH_EXECS_IA32(FUNCTION)
#endif

#ifdef CONFIG_X86_X32_ABI
#define UNRACED_ARCH_EXECS_X32(FUNCTION)                                                                               \
	FUNCTION(x32_execve, "__x64_compat_sys_execve", UNRACED_EXECVE, UNRACED_ABI_X32)                               \
	FUNCTION(x32_execveat, "__x64_compat_sys_execveat", UNRACED_EXECVEAT, UNRACED_ABI_X32)
#else
#define UNRACED_ARCH_EXECS_X32(FUNCTION)
#endif

/* The kernel's functions for execs: calls FUNCTION(name, symbol, call, abi) for each. */
#define UNRACED_ARCH_EXECS(FUNCTION)                                                                                   \
	FUNCTION(native_execve, "__x64_sys_execve", UNRACED_EXECVE, UNRACED_ABI_NATIVE)                                \
	FUNCTION(native_execveat, "__x64_sys_execveat", UNRACED_EXECVEAT, UNRACED_ABI_NATIVE)                          \
	UNRACED_ARCH_EXECS_IA32(FUNCTION)                                                                              \
	UNRACED_ARCH_EXECS_X32(FUNCTION)

/* Every call of the machine passes this test while there are process events. */
static inline bool unraced_arch_may_be_exec(long number)
{
	return unraced_x86_may_be_exec(number);
}

/* Returns whether the current task's call of this number is an exec, and reads it. */
bool unraced_arch_exec(struct pt_regs *regs, long number, struct unraced_exec_registers *to);
/* Reads the arguments of an exec whose convention is known. */
void unraced_arch_exec_arguments(struct pt_regs *regs, struct unraced_exec_registers *to);

/*
 * Returns whether the current task's call of this number can be watched, and reads its arguments from the registers of
 * its convention (R1.12).
 */
bool unraced_arch_call(struct pt_regs *regs, long number, struct unraced_arguments *to);

#endif
