/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The programs that see execve and execveat, at the kernel's functions for them or at the tracepoints of all calls, as
 * the programs of opens and connects do (syscall/function.h, syscall/compat.h); the loader chooses. A second program at
 * the tracepoints of all calls would cost each call of the machine as much as the first, so the first calls these where
 * it can.
 */
#ifndef UNRACED_PROCESS_EXECS_H
#define UNRACED_PROCESS_EXECS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/calls.h"
#include "unraced/exec.h"
#include "unraced/kernel.h"
#include "unraced/registers.h"
#include "process/attempts.h"

#ifdef __TARGET_ARCH_x86

static __always_inline void read_exec(struct unraced_exec_registers *to, struct pt_regs *regs)
{
	unraced_read_exec(to, regs);
}

#define EXEC_NATIVE(name) "__x64_sys_" name
#else

static __always_inline void read_exec(struct unraced_exec_registers *to, struct pt_regs *regs)
{
	to->args[0] = RUNNING_PARM1(regs);
	to->args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	to->args[4] = PT_REGS_PARM5_CORE_SYSCALL(regs);
}

#define EXEC_NATIVE(name) "__arm64_sys_" name
#endif

/* Defines the two programs of a function. */
#define EXEC_FUNCTION(name, function, number, convention)                                                             \
	SEC("fentry/" function) int BPF_PROG(enter_##name, struct pt_regs *regs)                                       \
	{                                                                                                              \
		struct unraced_exec_registers from = { .call = number, .abi = convention, .ran = 1 };                  \
                                                                                                                       \
		read_exec(&from, regs);                                                                                \
		return exec_enters(&from);                                                                             \
	}                                                                                                              \
                                                                                                                       \
	SEC("fexit/" function) int BPF_PROG(exit_##name, struct pt_regs *regs, long result)                            \
	{                                                                                                              \
		struct unraced_exec_registers from = { .call = number, .abi = convention, .ran = 1 };                  \
                                                                                                                       \
		read_exec(&from, regs);                                                                                \
		return exec_returns(&from, result);                                                                    \
	}

EXEC_FUNCTION(native_execve, EXEC_NATIVE("execve"), UNRACED_EXECVE, UNRACED_ABI_NATIVE)
EXEC_FUNCTION(native_execveat, EXEC_NATIVE("execveat"), UNRACED_EXECVEAT, UNRACED_ABI_NATIVE)
#ifdef __TARGET_ARCH_x86
EXEC_FUNCTION(ia32_execve, "__ia32_compat_sys_execve", UNRACED_EXECVE, UNRACED_ABI_IA32)
EXEC_FUNCTION(ia32_execveat, "__ia32_compat_sys_execveat", UNRACED_EXECVEAT, UNRACED_ABI_IA32)
EXEC_FUNCTION(x32_execve, "__x64_compat_sys_execve", UNRACED_EXECVE, UNRACED_ABI_X32)
EXEC_FUNCTION(x32_execveat, "__x64_compat_sys_execveat", UNRACED_EXECVEAT, UNRACED_ABI_X32)
#endif

/* Finds out which call has this number, and reads its arguments. Returns false for all other calls of the machine. */
static __always_inline bool find_exec(struct unraced_exec_registers *from, struct pt_regs *regs, long number)
{
#ifdef __TARGET_ARCH_x86
	return unraced_x86_may_be_exec(number) &&
	       unraced_find_exec(from, regs, bpf_get_current_task_btf()->thread_info.status & TS_COMPAT, number);
#else
	if (bpf_get_current_task_btf()->thread_info.flags & (1ul << TIF_32BIT))
		return 0;
	from->call = unraced_arm64_exec(number);
	if (!from->call)
		return 0;
	read_exec(from, regs);
	return 1;
#endif
}

static __always_inline int call_enters(struct pt_regs *regs, long number)
{
	struct unraced_exec_registers from = {};

	return find_exec(&from, regs, number) ? exec_enters(&from) : 0;
}

static __always_inline int call_returns(struct pt_regs *regs, long result)
{
	struct unraced_exec_registers from = {};
#ifdef __TARGET_ARCH_x86
	/* The kernel takes the low 32 bits of the register for the number. */
	long number = (int)KREAD(regs, orig_ax);
#else
	long number = KREAD(regs, syscallno);
#endif

	return find_exec(&from, regs, number) ? exec_returns(&from, result) : 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(enter_all_execs, struct pt_regs *regs, long number)
{
	return call_enters(regs, number);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(exit_all_execs, struct pt_regs *regs, long result)
{
	return call_returns(regs, result);
}

#ifdef __TARGET_ARCH_x86
/* These are called by the programs that see all calls. */
SEC("raw_tp")
int enter_called_execs(struct bpf_raw_tracepoint_args *ctx)
{
	return call_enters((struct pt_regs *)ctx->args[0], (long)ctx->args[1]);
}

SEC("raw_tp")
int exit_called_execs(struct bpf_raw_tracepoint_args *ctx)
{
	return call_returns((struct pt_regs *)ctx->args[0], (long)ctx->args[1]);
}
#endif

#endif
