/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The tracepoint tier. Each watched call has two programs: the one at entry stashes its arguments under the thread, the
 * one at return completes them with the result and with the object that the call really acted on, and writes one record.
 *
 * Tracepoints call their programs with preemption off, so a per-CPU area belongs to the program that looks it up.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "unraced/record.h"
#include "control.h"
#include "maps.h"
#include "read.h"
#include "arguments.h"
#include "filter.h"
#include "stash.h"
#include "walk.h"
#include "truth.h"
#include "emit.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline int on_enter(const struct trace_event_raw_sys_enter *ctx, __u8 syscall)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct long_call *to = SCRATCH(call_scratch);
	struct task_struct *task;
	__u64 args[4] = { ctx->args[0], ctx->args[1], ctx->args[2], ctx->args[3] };

	if (!shared || !row || !to || !shared->active || shared->mitigation == UNRACED_MITIGATION_OFF)
		return 0;
	if (filter(shared) != PASS)
		return 0;
	task = bpf_get_current_task_btf();
	to->call.thread_start = task->start_boottime;
	to->call.enter_ns = bpf_ktime_get_boot_ns();
	to->call.mitigation = shared->mitigation;
	read_registers(&to->call, syscall, args);
	read_pointers(to, syscall, UNRACED_PROVENANCE_ENTER);
	stash_put(row, task->pid, to);
	return 0;
}

/* No entry answers: the registers still hold the arguments, but what they point to may have changed. */
static __always_inline struct call *rebuild(struct task_struct *task, struct unraced_control *shared, __u8 syscall)
{
	struct long_call *to = SCRATCH(call_scratch);
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);
	__u32 tid = task->pid;
	__u64 args[4];

	if (!to)
		return 0;
	args[0] = PT_REGS_PARM1_CORE_SYSCALL(regs);
	args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	to->call.thread_start = task->start_boottime;
	to->call.enter_ns = 0;
	to->call.mitigation = shared->mitigation;
	read_registers(&to->call, syscall, args);
	read_pointers(to, syscall, UNRACED_PROVENANCE_EXIT);
	if (shared->mitigation != UNRACED_MITIGATION_OFF) {
		to->call.record_flags |= UNRACED_ENTER_MISSED;
		if (bpf_map_lookup_elem(&refused, &tid)) {
			to->call.record_flags |= UNRACED_STASH_FULL;
			bpf_map_delete_elem(&refused, &tid);
		}
	}
	return &to->call;
}

/* What was unreadable at entry may be readable now; it says EXIT then, and that it faulted. */
static __always_inline struct call *read_again(const struct call *call, __u8 syscall)
{
	struct long_call *to = SCRATCH(call_scratch);
	struct call *fresh;

	if (!to)
		return 0;
	fresh = &to->call;
	*fresh = *call;
	fresh->record_flags |= UNRACED_FAULTED;
	if (call->provenance == UNRACED_PROVENANCE_NONE) {
		if (syscall == UNRACED_CONNECT)
			read_address(fresh, UNRACED_PROVENANCE_EXIT);
		else
			read_path(to, UNRACED_PROVENANCE_EXIT);
	}
	if (syscall == UNRACED_OPENAT2 && call->how_provenance == UNRACED_PROVENANCE_NONE)
		read_how(fresh, UNRACED_PROVENANCE_EXIT);
	return fresh;
}

static __always_inline int on_exit(const struct trace_event_raw_sys_exit *ctx, __u8 syscall)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct task_struct *task = bpf_get_current_task_btf();
	struct call *stashed, *call;
	const __u8 *bytes;
	__u32 tid = task->pid;
	bool is_long;

	if (!shared || !row || !shared->active)
		return 0;
	row->returned++;
	stashed = stash_find(row, tid, task->start_boottime, syscall);
	if (!stashed) {
		enum verdict verdict = filter(shared);

		if (verdict != PASS) {
			count_filtered(row, verdict);
			return 0;
		}
		call = rebuild(task, shared, syscall);
		if (call)
			emit(row, shared, task, syscall, call, call->bytes, ctx->ret);
		return 0;
	}
	is_long = stashed->length > INLINE_BYTES;
	if (stashed->provenance == UNRACED_PROVENANCE_NONE || stashed->how_provenance == UNRACED_PROVENANCE_NONE) {
		call = read_again(stashed, syscall);
		if (call) {
			/* Of a path that was read at entry, the copy has no more than the start. */
			bytes = stashed->provenance == UNRACED_PROVENANCE_NONE ? call->bytes :
										 stash_bytes(stashed, tid);
			emit(row, shared, task, syscall, call, bytes, ctx->ret);
		}
	} else {
		bytes = stash_bytes(stashed, tid);
		emit(row, shared, task, syscall, stashed, bytes, ctx->ret);
	}
	stash_drop(row, tid, is_long);
	return 0;
}

#define WATCH(name, number)                                              \
	SEC("tracepoint/syscalls/sys_enter_" #name)                      \
	int enter_##name(struct trace_event_raw_sys_enter *ctx)          \
	{                                                                \
		return on_enter(ctx, number);                            \
	}                                                                \
	SEC("tracepoint/syscalls/sys_exit_" #name)                       \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)            \
	{                                                                \
		return on_exit(ctx, number);                             \
	}

WATCH(open, UNRACED_OPEN)
WATCH(openat, UNRACED_OPENAT)
WATCH(openat2, UNRACED_OPENAT2)
WATCH(creat, UNRACED_CREAT)
WATCH(connect, UNRACED_CONNECT)

/* A thread that ends takes its call with it. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(thread_exit, struct task_struct *task)
{
	struct unraced_counters *row = counter_row();
	__u32 tid = task->pid;

	if (!row)
		return 0;
	if (!bpf_map_delete_elem(&stash, &tid)) {
		row->reclaimed++;
		bpf_map_delete_elem(&long_stash, &tid);
	}
	bpf_map_delete_elem(&refused, &tid);
	return 0;
}

/* Run once by the loader in its own process: only the kernel knows its id in the initial pid namespace. */
SEC("syscall")
int who_am_i(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (shared)
		shared->self_tgid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}
