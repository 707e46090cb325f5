/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file handles calls at the kernel's own functions for them, one for each call and convention (SYSCALL_DEFINEx in
 * arch/x86/include/asm/syscall_wrapper.h and its like). While a tracepoint of calls is armed, every call of the machine
 * takes the kernel's slow path (SYSCALL_WORK_SYSCALL_TRACEPOINT). These functions are patched one by one instead, so
 * that a call which is not watched costs nothing.
 *
 * A call that seccomp or a tracer refuses never reaches its function, so it makes no event here. In turn, a call that
 * returns from its function ran.
 *
 * A trampoline does not switch preemption off, so the loader attaches these programs only where it has found that the
 * kernel does not preempt: the programs share the per-CPU areas with those of tracepoints.
 */
#ifndef UNRACED_SYSCALL_FUNCTION_H
#define UNRACED_SYSCALL_FUNCTION_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/calls.h"
#include "unraced/kernel.h"
#include "unraced/record.h"
#include "unraced/registers.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "syscall/arguments.h"
#include "syscall/enter.h"
#include "syscall/exit.h"

#ifdef __TARGET_ARCH_x86

static __always_inline bool read_native(struct arguments *to, struct pt_regs *regs)
{
	if (KREAD(regs, orig_ax) & UNRACED_X32_BIT)
		to->abi = UNRACED_ABI_X32;
	unraced_read_native(to->args, regs);
	return 1;
}

static __always_inline bool read_ia32(struct arguments *to, struct pt_regs *regs)
{
	to->abi = UNRACED_ABI_IA32;
	unraced_read_ia32(to->args, regs);
	return 1;
}

#define NATIVE(name) "__x64_sys_" name
#else

static __always_inline bool read_native(struct arguments *to, struct pt_regs *regs)
{
	to->args[0] = RUNNING_PARM1(regs);
	to->args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	to->args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	to->args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	/* Calls of 32-bit programs, which are not watched on this machine, come by some of the same functions. */
	return !(bpf_get_current_task_btf()->thread_info.flags & (1ul << TIF_32BIT));
}

#define NATIVE(name) "__arm64_sys_" name
#endif

/*
 * The call and its registers, from the program at a function to the one that serves it. Each function needs programs of
 * its own, and it takes the kernel long to verify those that do the work. So there is one pair of these for all opens
 * and one for connects, which the others enter by tail calls.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct arguments);
} at_function SEC(".maps");

/* A map serves programs of one prototype and one way to attach. The loader puts the program of the same name here. */
#define TAIL(name)                                                                                                     \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                                                 \
		__uint(max_entries, 1);                                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, __u32);                                                                                  \
	} name##_tail SEC(".maps");

TAIL(enter_opens)
TAIL(exit_opens)
TAIL(enter_connects)
TAIL(exit_connects)

static __always_inline int on_function_return(struct arguments *from, long result)
{
	struct unraced_control *shared = SCRATCH(control);

	if (!shared || !shared->active)
		return 0;
	if (from->abi == UNRACED_ABI_IA32)
		result = (__s32)result;
	return on_return(shared, bpf_get_current_task_btf(), from, result);
}

/* Defines the pair of programs that the tail calls lead to. It has the prototype of "function". */
#define WORKERS(kind, function)                                                                                        \
	SEC("fentry/" function) int enter_##kind(void *ctx)                                                            \
	{                                                                                                              \
		struct arguments *from = SCRATCH(at_function);                                                         \
                                                                                                                       \
		return from ? begin_call(from) : 0;                                                                    \
	}                                                                                                              \
                                                                                                                       \
	SEC("fexit/" function) int BPF_PROG(exit_##kind, struct pt_regs *regs, long result)                            \
	{                                                                                                              \
		struct arguments *from = SCRATCH(at_function);                                                         \
                                                                                                                       \
		return from ? on_function_return(from, result) : 0;                                                    \
	}

WORKERS(opens, NATIVE("openat"))
WORKERS(connects, NATIVE("connect"))

static __always_inline void begin_arguments(struct arguments *to, __u8 syscall)
{
	*to = (struct arguments){
		.syscall = syscall, .abi = UNRACED_ABI_NATIVE, .indirect = IN_REGISTERS, .ran = 1
	};
}

/*
 * Defines the two programs of a function. "read" reads the arguments from the registers of its convention, and returns
 * whether the call is watched.
 */
#define CALL_FUNCTION(name, function, kind, syscall, read)                                                             \
	SEC("fentry/" function) int BPF_PROG(enter_##name, struct pt_regs *regs)                                       \
	{                                                                                                              \
		struct arguments *to = SCRATCH(at_function);                                                           \
                                                                                                                       \
		if (!to)                                                                                               \
			return 0;                                                                                      \
		begin_arguments(to, syscall);                                                                          \
		if (!read(to, regs))                                                                                   \
			return 0;                                                                                      \
		bpf_tail_call(ctx, &enter_##kind##_tail, 0);                                                           \
		return 0;                                                                                              \
	}                                                                                                              \
                                                                                                                       \
	SEC("fexit/" function) int BPF_PROG(exit_##name, struct pt_regs *regs, long result)                            \
	{                                                                                                              \
		struct unraced_counters *stats = own_stats();                                                          \
		struct arguments *to = SCRATCH(at_function);                                                           \
                                                                                                                       \
		if (!to || !stats)                                                                                     \
			return 0;                                                                                      \
		begin_arguments(to, syscall);                                                                          \
		if (!read(to, regs))                                                                                   \
			return 0;                                                                                      \
		bpf_tail_call(ctx, &exit_##kind##_tail, 0);                                                            \
		stats->returned++;                                                                                     \
		stats->unfinished++;                                                                                   \
		return 0;                                                                                              \
	}

CALL_FUNCTION(native_openat, NATIVE("openat"), opens, UNRACED_OPENAT, read_native)
CALL_FUNCTION(native_openat2, NATIVE("openat2"), opens, UNRACED_OPENAT2, read_native)
CALL_FUNCTION(native_connect, NATIVE("connect"), connects, UNRACED_CONNECT, read_native)
#ifdef __TARGET_ARCH_x86
CALL_FUNCTION(native_open, NATIVE("open"), opens, UNRACED_OPEN, read_native)
CALL_FUNCTION(native_creat, NATIVE("creat"), opens, UNRACED_CREAT, read_native)
CALL_FUNCTION(ia32_open, "__ia32_compat_sys_open", opens, UNRACED_OPEN, read_ia32)
CALL_FUNCTION(ia32_openat, "__ia32_compat_sys_openat", opens, UNRACED_OPENAT, read_ia32)
CALL_FUNCTION(ia32_openat2, "__ia32_sys_openat2", opens, UNRACED_OPENAT2, read_ia32)
CALL_FUNCTION(ia32_creat, "__ia32_sys_creat", opens, UNRACED_CREAT, read_ia32)
CALL_FUNCTION(ia32_connect, "__ia32_sys_connect", connects, UNRACED_CONNECT, read_ia32)

/*
 * A socketcall(2) is a connect only if its first argument says so. These programs do the work themselves: kernel 6.1
 * gives the function another prototype than those of connect(2).
 */
static __always_inline bool read_socketcall(struct arguments *to, struct pt_regs *regs)
{
	begin_arguments(to, UNRACED_CONNECT);
	read_ia32(to, regs);
	to->indirect = BLOCK_UNREAD;
	return to->args[0] == UNRACED_SOCKETCALL_CONNECT;
}

SEC("fentry/__ia32_compat_sys_socketcall")
int BPF_PROG(enter_ia32_socketcall, struct pt_regs *regs)
{
	struct arguments from;

	return read_socketcall(&from, regs) ? begin_call(&from) : 0;
}

SEC("fexit/__ia32_compat_sys_socketcall")
int BPF_PROG(exit_ia32_socketcall, struct pt_regs *regs, long result)
{
	struct arguments from;

	return read_socketcall(&from, regs) ? on_function_return(&from, result) : 0;
}
#endif

/* pidfd_getfd(2) is no event, but it takes a socket from a process in mid-call. */
#define TAKING_FUNCTION(name, function)                                                                                \
	SEC("fentry/" function) int BPF_PROG(enter_##name, struct pt_regs *regs)                                 \
	{                                                                                                              \
		const struct unraced_control *shared = SCRATCH(control);                                               \
                                                                                                                       \
		if (shared && shared->active)                                                                          \
			taking_begins(bpf_get_current_task_btf());                                                     \
		return 0;                                                                                              \
	}                                                                                                              \
                                                                                                                       \
	SEC("fexit/" function) int BPF_PROG(exit_##name, struct pt_regs *regs, long result)                      \
	{                                                                                                              \
		const struct unraced_control *shared = SCRATCH(control);                                               \
                                                                                                                       \
		if (shared && shared->active)                                                                          \
			taking_ends(bpf_get_current_task_btf(), result);                                               \
		return 0;                                                                                              \
	}

TAKING_FUNCTION(native_pidfd_getfd, NATIVE("pidfd_getfd"))
#ifdef __TARGET_ARCH_x86
TAKING_FUNCTION(ia32_pidfd_getfd, "__ia32_sys_pidfd_getfd")
#endif

#endif
