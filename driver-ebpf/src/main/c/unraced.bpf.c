/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The tracepoint tier. Each watched call has two programs: the one at entry stashes its arguments under the thread, the
 * one at return completes them with the result and with the object that the call really acted on, and writes one record.
 *
 * Their programs run with preemption off (points.h), so a per-CPU area belongs to the program that looks it up.
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
#include "copies.h"
#include "stash.h"
#include "descriptor.h"
#include "place.h"
#include "trail.h"
#include "walk.h"
#include "truth.h"
#include "connecting.h"
#include "compare.h"
#include "direct.h"
#include "integrity.h"
#include "limit.h"
#include "rings.h"
#include "emit.h"
#include "enter_event.h"
#include "points.h"
#include "execution.h"

char LICENSE[] SEC("license") = "GPL";

/* What is known of a call besides its arguments. */
static __always_inline void begin(struct call *call, struct task_struct *task, __u32 mode)
{
	call->thread_start = task->start_boottime;
	call->enter_ns = bpf_ktime_get_boot_ns();
	call->mitigation = mode;
}

static __always_inline void remember(struct call *call, struct unraced_control *shared, struct task_struct *task)
{
	call->integrity = shared->integrity && call->mitigation != UNRACED_MITIGATION_OFF;
	if (call->syscall == UNRACED_CONNECT)
		connect_begins(call, task, call->indirect != BLOCK_UNREAD);
	else if (call->integrity)
		remember_start(call, task);
	/* Who shares now may have put another file in place and be gone by the return; nobody new can come meanwhile. */
	if (fd_table_is_shared(task))
		call->record_flags |= UNRACED_FD_TABLE_SHARED;
}

/* In the call's place of the stash. False when it has to be built elsewhere. */
static __always_inline bool begin_in_place(struct unraced_control *shared, struct unraced_counters *row,
					   struct task_struct *task, struct entrance *from, __u32 mode)
{
	struct slot *slot = stash_begin(shared, row, task);
	struct call *call;

	if (!slot)
		return 0;
	call = &slot->call;
	begin(call, task, mode);
	read_registers(call, from->syscall, from->args);
	call->abi = from->abi;
	call->indirect = from->indirect;
	if (mode == UNRACED_MITIGATION_OFF) {
		read_nothing(call);
	} else if (from->syscall == UNRACED_CONNECT) {
		read_address(call, UNRACED_PROVENANCE_ENTER);
	} else {
		if (!read_short_path(slot, UNRACED_PROVENANCE_ENTER)) {
			/* Not part of the call so far. */
			stash_remove(shared, task, 0);
			return 0;
		}
		if (from->syscall == UNRACED_OPENAT2)
			read_how(call, UNRACED_PROVENANCE_ENTER);
	}
	remember(call, shared, task);
	row->puts++;
	return 1;
}

__noinline int begin_call(struct entrance *from)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct long_call *to = SCRATCH(call_scratch);
	struct task_struct *task = bpf_get_current_task_btf();
	bool entering, passes;
	__u32 mode;

	if (!from || !shared || !row || !to || !shared->active)
		return 0;
	mode = current_mode(shared);
	entering = wants_enter_events(shared);
	if (filter_caller(shared, task) != PASS) {
		if (from->syscall == UNRACED_CONNECT)
			connect_passes_by(task, from->args[0], from->indirect);
		return 0;
	}
	if (!entering && (mode == UNRACED_MITIGATION_OFF || !(shared->filters & UNRACED_FILTER_PATHS)) &&
	    begin_in_place(shared, row, task, from, mode))
		return 0;
	begin(&to->call, task, mode);
	read_arguments(to, from, UNRACED_PROVENANCE_ENTER);
	passes = path_passes(shared, &to->call);
	if (entering && passes)
		emit_enter(&to->call);
	if (mode == UNRACED_MITIGATION_OFF)
		read_nothing(&to->call);
	else if (!passes && mode != UNRACED_MITIGATION_KERNEL)
		/* Under kernel it is the copy that decides. */
		return 0;
	remember(&to->call, shared, task);
	stash_put(shared, row, task, to);
	return 0;
}

static __always_inline int on_enter(const struct syscall_trace_enter *ctx, __u8 syscall)
{
	struct entrance from = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };

	/* Not as fields: the kernel refuses a program that knows of more arguments than its tracepoint's call has. */
	bpf_probe_read_kernel(from.args, sizeof(from.args), ctx->args);
#ifdef __TARGET_ARCH_arm64
	from.args[0] = RUNNING_PARM1((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()));
#endif
	return begin_call(&from);
}

/* The registers still hold the arguments, but what they point to may have changed. */
__noinline int rebuild_call(struct long_call *to, struct entrance *from)
{
	struct unraced_control *shared = SCRATCH(control);
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 mode;

	if (!to || !from || !shared)
		return 0;
	mode = current_mode(shared);
	to->call.thread_start = task->start_boottime;
	to->call.enter_ns = 0;
	to->call.mitigation = mode;
	read_arguments(to, from, UNRACED_PROVENANCE_EXIT);
	to->call.integrity = shared->integrity && mode != UNRACED_MITIGATION_OFF;
	if (from->syscall == UNRACED_CONNECT)
		to->call.connecting = (struct connecting){};
	else if (to->call.integrity)
		remember_start(&to->call, task);
	return 0;
}

/* No entry answers. Why, as far as it is known. */
static __always_inline __u32 why_missed(struct unraced_control *shared, struct task_struct *task, bool refused, __u32 mode)
{
	__u32 flags = mode == UNRACED_MITIGATION_OFF ? 0 : UNRACED_ENTER_MISSED;

	if (!refused)
		return flags | without_trace(shared, task);
	return mode == UNRACED_MITIGATION_OFF ? 0 : flags | UNRACED_STASH_FULL;
}

/* What was unreadable at entry may be readable now; it says EXIT then, and that it faulted. */
__noinline int read_rest(struct long_call *to)
{
	struct call *call = &to->call;
	bool is_connect;

	if (!to)
		return 0;
	is_connect = call->syscall == UNRACED_CONNECT;
	/* With a negative length nobody tried. */
	if (!is_connect || call->addrlen >= 0)
		call->record_flags |= UNRACED_FAULTED;
	if (call->provenance == UNRACED_PROVENANCE_NONE) {
		if (is_connect)
			read_address(call, UNRACED_PROVENANCE_EXIT);
		else
			read_path(to, UNRACED_PROVENANCE_EXIT);
	}
	if (call->syscall == UNRACED_OPENAT2 && call->how_provenance == UNRACED_PROVENANCE_NONE)
		read_how(call, UNRACED_PROVENANCE_EXIT);
	return 0;
}

/* The stash has nothing of the call. */
static __always_inline int on_missed(struct unraced_control *shared, struct unraced_counters *row,
				     struct task_struct *task, struct entrance *from, struct unfinished *area,
				     struct long_call *scratch)
{
	bool is_connect = from->syscall == UNRACED_CONNECT;
	struct call *call = &scratch->call;
	enum verdict verdict = filter(shared);
	__u32 tid = task->pid;
	bool refused = was_refused(tid, task->start_boottime);

	if (is_connect)
		connect_passes_by(task, from->args[0], from->indirect);
	if (verdict != PASS) {
		count_filtered(row, verdict);
		return 0;
	}
	rebuild_call(scratch, from);
	call->record_flags |= why_missed(shared, task, refused, call->mitigation);
	area->bytes = (__u64)(shared->copies ? adopt_late_copy(call, tid) : call->bytes);
	finish_call(row, shared, area, call, is_connect);
	if (shared->copies)
		forget_copies(tid);
	return 0;
}

/* What call it is, is known; its registers are read if no entry tells of them. */
static __always_inline int on_return(struct unraced_control *shared, struct task_struct *task, struct entrance *from,
				     long result)
{
	struct unraced_counters *row = counter_row();
	struct unfinished *area = SCRATCH(unfinished);
	struct long_call *scratch = SCRATCH(call_scratch);
	bool is_connect = from->syscall == UNRACED_CONNECT;
	struct call *stashed, *call;
	const __u8 *bytes;
	__u32 tid = task->pid;
	bool is_long, elsewhere;

	if (!row || !area || !scratch)
		return 0;
	row->returned++;
	area->result = result;
	area->syscall = from->syscall;
	area->is_request = 0;
	stashed = stash_find(shared, row, task, from->syscall, from->abi);
	if (!stashed)
		return on_missed(shared, row, task, from, area, scratch);
	is_long = stashed->length > INLINE_BYTES;
	elsewhere = stashed->elsewhere;
	call = stashed;
	bytes = 0;
	if (stashed->mitigation == UNRACED_MITIGATION_OFF) {
		call = &scratch->call;
		rebuild_call(scratch, from);
		call->enter_ns = stashed->enter_ns;
		call->mitigation = UNRACED_MITIGATION_OFF;
		call->integrity = 0;
		call->record_flags |= stashed->record_flags;
		if (is_connect)
			call->connecting = stashed->connecting;
		bytes = call->bytes;
	} else if (stashed->provenance == UNRACED_PROVENANCE_NONE || stashed->how_provenance == UNRACED_PROVENANCE_NONE) {
		scratch->call = *stashed;
		read_rest(scratch);
		call = &scratch->call;
		/* Of a path that was read at entry, the copy has no more than the start. */
		if (stashed->provenance == UNRACED_PROVENANCE_NONE)
			bytes = call->bytes;
	}
	if (!bytes)
		bytes = stash_bytes(stashed, tid);
	area->bytes = (__u64)bytes;
	finish_call(row, shared, area, call, is_connect);
	if (is_connect)
		connect_ends(stashed);
	stash_drop(shared, row, task, is_long);
	if (elsewhere)
		bpf_map_delete_elem(&copies, &tid);
	return 0;
}

/* By the tracepoint of a single call, which is a native one. */
static __always_inline int on_exit(const struct syscall_trace_exit *ctx, __u8 syscall)
{
	struct unraced_control *shared = SCRATCH(control);
	struct entrance from = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };
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

/*
 * What is done is the same for all opens, and takes the kernel long to verify. So one pair of programs serves them
 * all, and which call it is comes from a table: what the verifier knew exactly, it would follow once for each.
 */
#define NUMBERS 512
static const volatile __u8 calls_by_number[NUMBERS] = {
#ifdef __TARGET_ARCH_x86
	[2] = UNRACED_OPEN,
	[85] = UNRACED_CREAT,
	[257] = UNRACED_OPENAT,
#else
	[56] = UNRACED_OPENAT,
#endif
	[437] = UNRACED_OPENAT2,
#ifdef __TARGET_ARCH_x86
	[42] = UNRACED_CONNECT,
#else
	[203] = UNRACED_CONNECT,
#endif
};

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_opens(struct syscall_trace_enter *ctx)
{
	__u8 syscall = calls_by_number[ctx->nr & (NUMBERS - 1)];

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
	__u8 syscall = calls_by_number[ctx->nr & (NUMBERS - 1)];

	return syscall && syscall != UNRACED_CONNECT ? on_exit(ctx, syscall) : 0;
}

SEC("tracepoint/syscalls/sys_exit_connect")
int exit_connect(struct syscall_trace_exit *ctx)
{
	return on_exit(ctx, UNRACED_CONNECT);
}

#include "finish.h"
#include "compat.h"
#include "uring.h"
#include "attempt.h"

/* A thread that ends takes its call with it. */
#ifdef BY_EVENTS
POINT("sched", "sched_process_exit")
int thread_exit(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
#else
SEC("tp_btf/sched_process_exit")
int BPF_PROG(thread_exit, struct task_struct *task)
{
#endif
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	__u32 tid = task->pid;

	if (!row || !shared)
		return 0;
	if (stash_remove(shared, task, 1))
		row->reclaimed++;
	if (shared->task_storage && bpf_task_storage_get(&own_slots, task, 0, 0))
		__sync_fetch_and_add(&shared->owners, -1);
	bpf_map_delete_elem(&refused, &tid);
	forget_copies(tid);
	return 0;
}

/* Run once by the loader in its own process: only the kernel knows its id in the initial pid namespace. */
SEC("syscall")
int who_am_i(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (!shared)
		return 0;
	shared->self_tgid = bpf_get_current_pid_tgid() >> 32;
	shared->has_requests = can_read_requests();
	return 0;
}

/*
 * Run once by the loader, when the programs at all entries are attached and on. Raw tracepoints are never passed over there:
 * a program of theirs is not run only while it runs on the same CPU already.
 */
SEC("syscall")
int entries_begin(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);

	if (shared)
		shared->entries_since = bpf_ktime_get_boot_ns();
	return 0;
}
