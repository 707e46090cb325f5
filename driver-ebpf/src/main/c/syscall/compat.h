/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file handles calls of every convention through the tracepoints of all calls: tracepoints of single calls do not
 * fire for the 32-bit and the x32 convention. The programs here run for every call of the machine, so they first skip
 * calls that are not watched. When they are loaded they serve native calls as well, because each tracepoint costs time,
 * whatever its program does. With process events they also call the programs that see execve and execveat
 * (process/execs.h), by tail calls, which only programs of the same type can make.
 */
#ifndef UNRACED_SYSCALL_COMPAT_H
#define UNRACED_SYSCALL_COMPAT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/calls.h"
#include "unraced/record.h"
#include "unraced/registers.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "out/tail_call.h"
#include "syscall/arguments.h"
#include "syscall/enter.h"
#include "syscall/exit.h"
#include "syscall/native.h"

#ifdef __TARGET_ARCH_x86

/* ptrace or seccomp makes the kernel skip a call by a number below 0. */
static __always_inline __u8 abi_of(struct task_struct *task, long number)
{
	if (task->thread_info.status & TS_COMPAT)
		return UNRACED_ABI_IA32;
	return number >= 0 && (number & UNRACED_X32_BIT) ? UNRACED_ABI_X32 : UNRACED_ABI_NATIVE;
}

/*
 * Call numbers that mean a watched call in some convention, without the x32 bit, and pidfd_getfd(2). Most calls of the
 * machine cost only one look-up in this table.
 */
static const volatile __u8 numbers_of_interest[UNRACED_CALL_NUMBERS] = {
	UNRACED_CALLS_X86_64(UNRACED_CALL_ELEMENT, ) UNRACED_CALLS_IA32(UNRACED_CALL_ELEMENT, )
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_ELEMENT, )
	[UNRACED_PIDFD_GETFD] = 1,
};

#ifndef BY_EVENTS
/* The programs that see execve and execveat, which the loader puts here. */
enum exec_program { EXEC_ENTERS, EXEC_RETURNS, EXEC_PROGRAMS };
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, EXEC_PROGRAMS);
	__type(key, __u32);
	__type(value, __u32);
} exec_programs SEC(".maps");

#define EXEC_ELEMENT(number, call, context) [(number) & (UNRACED_CALL_NUMBERS - 1)] = call,

/* The low bits of the numbers that mean execve or execveat in some convention. */
static const volatile __u8 exec_numbers[UNRACED_CALL_NUMBERS] = {
	UNRACED_EXECS_X86_64(EXEC_ELEMENT, ) UNRACED_EXECS_X32(EXEC_ELEMENT, ) UNRACED_EXECS_IA32(EXEC_ELEMENT, )
};

/* Calls the program that sees an execve or execveat. It returns where this is another call. */
static __always_inline void see_exec(void *ctx, long number, __u32 program)
{
	__u8 exec;

	if (!exec_numbers[number & (UNRACED_CALL_NUMBERS - 1)])
		return;
	if (abi_of(bpf_get_current_task_btf(), number) == UNRACED_ABI_IA32)
		exec = unraced_ia32_exec(number);
	else
		exec = unraced_x86_64_exec(number);
	if (exec)
		bpf_tail_call(ctx, &exec_programs, program);
}
#endif

static __always_inline bool takes_a_descriptor(const struct unraced_control *shared, long number)
{
	return ((__u32)number & ~UNRACED_X32_BIT) == UNRACED_PIDFD_GETFD && is_watched(shared, UNRACED_CONNECT);
}

/* Finds out which call this is, and reads its arguments from the registers of its convention (R1.12). */
static __always_inline void find_arguments(struct arguments *to, struct task_struct *task, struct pt_regs *regs,
					  long number)
{
	/* All of it is set: privileged programs may read what nobody has written to the stack. */
	*to = (struct arguments){ .abi = abi_of(task, number), .indirect = IN_REGISTERS };
	if (to->abi != UNRACED_ABI_IA32) {
		if (to->abi == UNRACED_ABI_X32)
			to->syscall = unraced_x86_64_call(number);
		else if (number >= 0 && number < UNRACED_CALL_NUMBERS)
			to->syscall = calls_by_number[number & (UNRACED_CALL_NUMBERS - 1)];
		else
			to->syscall = 0;
		unraced_read_native(to->args, regs);
		return;
	}
	to->syscall = unraced_ia32_call(number);
	unraced_read_ia32(to->args, regs);
	if (number == UNRACED_IA32_SOCKETCALL) {
		if (to->args[0] != UNRACED_SOCKETCALL_CONNECT)
			to->syscall = 0;
		to->indirect = BLOCK_UNREAD;
	}
}

#ifdef BY_EVENTS
static __always_inline struct pt_regs *registers(void *ctx, struct task_struct *task)
{
	return (struct pt_regs *)bpf_task_pt_regs(task);
}

static __always_inline long returned_number(void *ctx)
{
	return TP_ARG(ctx, sys_exit, 0, id);
}
#else
static __always_inline struct pt_regs *registers(void *ctx, struct task_struct *task)
{
	return (struct pt_regs *)((struct bpf_raw_tracepoint_args *)ctx)->args[0];
}

static __always_inline long returned_number(void *ctx)
{
	/*
	 * The kernel takes the low 32 bits of the register for the call's number, whatever the caller put above them.
	 */
	return (int)KREAD(registers(ctx, 0), orig_ax);
}
#endif

static __always_inline int call_enters(void *ctx, long number)
{
	struct unraced_control *shared;
	struct task_struct *task;
	struct arguments call;

	if (!numbers_of_interest[number & (UNRACED_CALL_NUMBERS - 1)])
		return 0;
	shared = SCRATCH(control);
	if (!shared || !shared->active)
		return 0;
	task = bpf_get_current_task_btf();
	if (takes_a_descriptor(shared, number)) {
		taking_begins(task);
		return 0;
	}
	find_arguments(&call, task, registers(ctx, task), number);
	return call.syscall && is_watched(shared, call.syscall) ? begin_call(&call) : 0;
}

static __always_inline int call_returns(void *ctx, long number)
{
	long result = TP_ARG(ctx, sys_exit, 1, ret);
	struct unraced_control *shared;
	struct task_struct *task;
	struct arguments call;

	if (!numbers_of_interest[number & (UNRACED_CALL_NUMBERS - 1)])
		return 0;
	shared = SCRATCH(control);
	if (!shared || !shared->active)
		return 0;
	task = bpf_get_current_task_btf();
	if (takes_a_descriptor(shared, number)) {
		taking_ends(task, result);
		return 0;
	}
	find_arguments(&call, task, registers(ctx, task), number);
	if (!call.syscall || !is_watched(shared, call.syscall))
		return 0;
	if (call.abi == UNRACED_ABI_IA32)
		result = (__s32)result;
	return on_return(shared, task, &call, result);
}

TRACEPOINT("raw_syscalls", "sys_enter")
int all_enter(void *ctx)
{
	return call_enters(ctx, TP_ARG(ctx, sys_enter, 1, id));
}

TRACEPOINT("raw_syscalls", "sys_exit")
int all_exit(void *ctx)
{
	return call_returns(ctx, returned_number(ctx));
}

#ifndef BY_EVENTS
/* The same with process events. */
TRACEPOINT("raw_syscalls", "sys_enter")
int all_enter_execs(void *ctx)
{
	long number = TP_ARG(ctx, sys_enter, 1, id);

	see_exec(ctx, number, EXEC_ENTERS);
	return call_enters(ctx, number);
}

TRACEPOINT("raw_syscalls", "sys_exit")
int all_exit_execs(void *ctx)
{
	long number = returned_number(ctx);

	see_exec(ctx, number, EXEC_RETURNS);
	return call_returns(ctx, number);
}
#endif

#endif
#endif
