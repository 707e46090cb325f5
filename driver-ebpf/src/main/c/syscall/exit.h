/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file completes a call when it returns, with its result and the object that it really acted on. */
#ifndef UNRACED_SYSCALL_EXIT_H
#define UNRACED_SYSCALL_EXIT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "kernelcopy/maps.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "lib/thread_bits.h"
#include "object/connects.h"
#include "out/connect_record.h"
#include "out/open_record.h"
#include "out/record.h"
#include "path/base.h"
#include "syscall/arguments.h"
#include "syscall/execution.h"
#include "syscall/filter.h"
#include "syscall/former_filters.h"
#include "syscall/stash.h"

/*
 * Rebuilds a call without an entry. The registers still hold the arguments, but the memory they point to may have
 * changed (R5.1).
 */
__noinline int rebuild_call(struct long_call *to, struct arguments *from, __u32 mode)
{
	struct unraced_control *shared = SCRATCH(control);
	struct task_struct *task = bpf_get_current_task_btf();

	if (!to || !from || !shared)
		return 0;
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

/* Returns the flags for a call without a stash entry, which give the reason where it is known. */
static __always_inline __u32 why_missed(struct unraced_control *shared, struct task_struct *task,
					const struct arguments *from, bool has_trace, __u32 mode, __u32 filters,
					__u32 verdict)
{
	__u32 flags = mode == UNRACED_MITIGATION_OFF ? 0 : UNRACED_ENTER_MISSED;

	if (!has_trace) {
		if (from->ran)
			return flags;
		return flags | (verdict & MAYBE_FORMER ? UNRACED_EXECUTION_UNKNOWN
						       : without_trace(shared, task, filters));
	}
	return mode == UNRACED_MITIGATION_OFF ? 0 : flags | UNRACED_STASH_FULL;
}

/*
 * Reads arguments that were unreadable at entry. Their provenance becomes EXIT, and the record says that they faulted
 * (R2.4, R2.5, R2.6).
 */
__noinline int read_rest(struct long_call *to)
{
	struct call *call = &to->call;
	bool is_connect, faulted;

	if (!to)
		return 0;
	is_connect = call->syscall == UNRACED_CONNECT;
	/* An argument that nobody tried to read at entry has not faulted there. */
	faulted = !call->unread;
	if (call->provenance == UNRACED_PROVENANCE_NONE) {
		if (is_connect)
			read_address(call, UNRACED_PROVENANCE_EXIT);
		else
			read_path(to, UNRACED_PROVENANCE_EXIT);
		faulted |= call->provenance == UNRACED_PROVENANCE_NONE;
	}
	/* Nobody tries to read an address of a negative length. */
	if (faulted && (!is_connect || call->addrlen >= 0))
		call->record_flags |= UNRACED_FAULTED;
	if (call->syscall == UNRACED_OPENAT2 && call->how_provenance == UNRACED_PROVENANCE_NONE)
		read_how(call, UNRACED_PROVENANCE_EXIT);
	return 0;
}

/* Makes the event of a call, unless a filter or a limit drops it. */
static __always_inline void make_event(struct unraced_control *shared, struct unraced_counters *stats,
				       const struct tail_context *context, struct call *call, __u8 syscall)
{
	if (!becomes_event(stats, shared, context, call))
		return;
	if (syscall == UNRACED_CONNECT)
		emit_connect(call);
	else
		emit_open(call);
}

/* Makes the event of a call that has no stash entry (R5.1, R5.2). */
static __always_inline int on_missed(struct unraced_control *shared, struct unraced_counters *stats,
				     struct task_struct *task, struct arguments *from, struct tail_context *context,
				     struct long_call *scratch)
{
	struct call *call = &scratch->call;
	struct refusal of = { .filters = current_filters(shared), .mitigation = current_mode(shared) };
	__u32 tid = task->pid, verdict;
	__u8 syscall = from->syscall;
	/* The filters have let a call with a trace through at its entry. */
	bool refused = was_refused(tid, task->start_boottime, &of);
	bool has_trace = (clear_bit(&forgotten, tid) && shared->entries_since) || refused;

	if (syscall == UNRACED_CONNECT)
		connect_passes_by(task, from->args[0], from->indirect);
	verdict = has_trace ? UNRACED_PASS : filter(shared, of.filters);
	if (verdict == UNRACED_PASS) {
		rebuild_call(scratch, from, of.mitigation);
		if (have_changed(of.filters) && !has_trace)
			verdict = filter_formerly(shared, of.filters);
	}
	if (verdict & ~MAYBE_FORMER) {
		unraced_count_filtered(&stats->filtered, verdict);
		if (shared->copies)
			delete_copies(tid);
		return 0;
	}
	call->record_flags |= why_missed(shared, task, from, has_trace, call->mitigation, of.filters, verdict);
	/* Another task may have shared the table when the call entered, replaced the descriptor, and left. */
	if (!(call->record_flags & UNRACED_NOT_EXECUTED))
		call->record_flags |= UNRACED_FD_TABLE_SHARED;
	context->bytes = (__u64)(shared->copies ? merge_late_copy(call, tid) : call->bytes);
	call->filters = of.filters;
	make_event(shared, stats, context, call, syscall);
	if (shared->copies)
		delete_copies(tid);
	return 0;
}

/*
 * Makes the event of a call that returns. Its registers serve only when the stash has no arguments of the call. A call
 * that failed (R3.1, R3.2, R3.3), or that a signal interrupted (R6.3), returns here like any other.
 */
static __always_inline int on_return(struct unraced_control *shared, struct task_struct *task, struct arguments *from,
				     long result)
{
	struct unraced_counters *stats = own_stats();
	struct tail_context *context = SCRATCH(tail_context);
	struct long_call *scratch = SCRATCH(call_scratch);
	__u8 syscall = from->syscall;
	struct call *stashed, *call;
	const __u8 *bytes;
	__u32 tid = task->pid;
	bool is_long, elsewhere;

	if (!stats || !context || !scratch)
		return 0;
	stats->returned++;
	context->result = result;
	context->syscall = syscall;
	context->is_request = 0;
	stashed = stash_find(shared, stats, task, from->syscall, from->abi);
	if (!stashed)
		return on_missed(shared, stats, task, from, context, scratch);
	is_long = stashed->length > INLINE_BYTES;
	elsewhere = stashed->elsewhere;
	call = stashed;
	bytes = 0;
	if (stashed->mitigation == UNRACED_MITIGATION_OFF) {
		call = &scratch->call;
		rebuild_call(scratch, from, UNRACED_MITIGATION_OFF);
		call->enter_ns = stashed->enter_ns;
		call->filters = stashed->filters;
		call->record_flags |= stashed->record_flags;
		if (syscall == UNRACED_CONNECT) {
			call->connecting = stashed->connecting;
			call->connect_base_count = stashed->connect_base_count;
		} else {
			call->base_count = stashed->base_count;
		}
		bytes = call->bytes;
	} else if (stashed->provenance == UNRACED_PROVENANCE_NONE ||
		   stashed->how_provenance == UNRACED_PROVENANCE_NONE) {
		scratch->call = *stashed;
		read_rest(scratch);
		call = &scratch->call;
		/* If the path was read at entry, scratch has only its start, and stash_bytes() finds the rest. */
		if (stashed->provenance == UNRACED_PROVENANCE_NONE)
			bytes = call->bytes;
	}
	if (!bytes)
		bytes = stash_bytes(stashed, tid);
	context->bytes = (__u64)bytes;
	make_event(shared, stats, context, call, syscall);
	/* A call that a filter or a limit dropped has left its object behind. */
	if (shared->copies && needs_resolved(stashed))
		bpf_map_delete_elem(&resolved_objects, &tid);
	if (syscall == UNRACED_CONNECT)
		connect_ends(stashed, task);
	stash_take(shared, stats, task, is_long);
	if (elsewhere)
		bpf_map_delete_elem(&copies, &tid);
	return 0;
}

#endif
