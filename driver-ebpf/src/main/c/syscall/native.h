/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file handles native calls through the tracepoints of single calls. */
#ifndef UNRACED_SYSCALL_NATIVE_H
#define UNRACED_SYSCALL_NATIVE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/calls.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "syscall/arguments.h"
#include "syscall/enter.h"
#include "syscall/exit.h"

/*
 * All opens need the same work, which takes the kernel long to verify. So one pair of programs serves them all, and a
 * table gives the call: the verifier would explore each known value separately.
 */
static const volatile __u8 calls_by_number[UNRACED_CALL_NUMBERS] = {
#ifdef __TARGET_ARCH_x86
	UNRACED_CALLS_X86_64(UNRACED_CALL_ELEMENT, )
#else
	UNRACED_CALLS_ARM64(UNRACED_CALL_ELEMENT, )
#endif
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_ELEMENT, )
};

static __always_inline int on_enter(const struct syscall_trace_enter *ctx, __u8 syscall)
{
	struct arguments from = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };

	/*
	 * A helper copies the array: the kernel refuses a program that accesses more arguments than its tracepoint's
	 * call has.
	 */
	bpf_probe_read_kernel(from.args, sizeof(from.args), ctx->args);
#ifdef __TARGET_ARCH_arm64
	from.args[0] = RUNNING_PARM1((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()));
#endif
	return begin_call(&from);
}

/* Handles the return of a native call, reported by the tracepoint of that single call. */
static __always_inline int on_exit(const struct syscall_trace_exit *ctx, __u8 syscall)
{
	struct unraced_control *shared = SCRATCH(control);
	struct arguments from = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

	if (!shared || !shared->active)
		return 0;
	from.args[0] = PT_REGS_PARM1_CORE_SYSCALL(regs);
	from.args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	from.args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	from.args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	return on_return(shared, task, &from, ctx->ret);
}

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_opens(struct syscall_trace_enter *ctx)
{
	__u8 syscall = calls_by_number[ctx->nr & (UNRACED_CALL_NUMBERS - 1)];

	return syscall && syscall != UNRACED_CONNECT ? on_enter(ctx, syscall) : 0;
}

SEC("tracepoint/syscalls/sys_enter_connect")
int enter_connect(struct syscall_trace_enter *ctx)
{
	return on_enter(ctx, UNRACED_CONNECT);
}

SEC("tracepoint/syscalls/sys_exit_openat")
int exit_opens(struct syscall_trace_exit *ctx)
{
	__u8 syscall = calls_by_number[ctx->nr & (UNRACED_CALL_NUMBERS - 1)];

	return syscall && syscall != UNRACED_CONNECT ? on_exit(ctx, syscall) : 0;
}

SEC("tracepoint/syscalls/sys_enter_pidfd_getfd")
int enter_pidfd_getfd(struct syscall_trace_enter *ctx)
{
	const struct unraced_control *shared = SCRATCH(control);

	if (shared && shared->active)
		taking_begins(bpf_get_current_task_btf());
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_pidfd_getfd")
int exit_pidfd_getfd(struct syscall_trace_exit *ctx)
{
	const struct unraced_control *shared = SCRATCH(control);

	if (shared && shared->active)
		taking_ends(bpf_get_current_task_btf(), ctx->ret);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_connect")
int exit_connect(struct syscall_trace_exit *ctx)
{
	return on_exit(ctx, UNRACED_CONNECT);
}

#endif
