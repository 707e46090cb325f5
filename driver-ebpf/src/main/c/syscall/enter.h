/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file stashes the arguments of a call when it enters. So a thread that rewrites them while the call blocks cannot
 * change the arguments of the event (R2.2, R2.3).
 */
#ifndef UNRACED_SYSCALL_ENTER_H
#define UNRACED_SYSCALL_ENTER_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "path/base.h"
#include "syscall/arguments.h"
#include "syscall/enter_event.h"
#include "syscall/filter.h"
#include "syscall/stash.h"

/* Fills in the thread, the time (R1.11), and the mode, which the call keeps (R12.2). */
static __always_inline void begin(struct call *call, struct task_struct *task, __u32 mode)
{
	call->thread_start = task->start_boottime;
	call->enter_ns = bpf_ktime_get_boot_ns();
	call->mitigation = mode;
}

static __always_inline void remember(struct call *call, struct unraced_control *shared, struct task_struct *task,
				     __u32 filters)
{
	note_sharers(call, task);
	call->filters = filters;
	call->integrity = shared->integrity && call->mitigation != UNRACED_MITIGATION_OFF;
	/* Without a snapshot there is nothing to compare. */
	call->integrity &= ~call->unread;
	if (call->syscall == UNRACED_CONNECT)
		connect_begins(call, shared, task, call->indirect != BLOCK_UNREAD, 0);
	else if (call->integrity)
		remember_start(call, task);
	if (call->syscall == UNRACED_CONNECT || !call->integrity)
		remember_changes(call, task);
}

/*
 * Returns whether a call needs no snapshot, because the configuration is content with the kernel's own copy. In the
 * snapshot of socketcall(2) is the descriptor, too, so that call has one. It is not IN_REGISTERS, but BLOCK_UNREAD.
 */
static __always_inline bool needs_no_snapshot(const struct unraced_control *shared, const struct arguments *from,
					      __u32 mode)
{
	/* The verifier would explore each condition of its own separately. */
	return mode == UNRACED_MITIGATION_KERNEL &&
	       ((shared->no_snapshots >> (from->syscall & 31)) & ~from->indirect & 1);
}

/* Builds the call in its stash slot. Returns false when the call must be built in the scratch area. */
static __always_inline bool begin_in_place(struct unraced_control *shared, struct unraced_counters *stats,
					   struct task_struct *task, struct arguments *from, __u32 mode,
					    __u32 filters)
{
	struct slot *slot = stash_begin(shared, task);
	struct call *call;

	if (!slot)
		return 0;
	call = &slot->call;
	begin(call, task, mode);
	read_registers(call, from->syscall, from->args);
	call->abi = from->abi;
	call->indirect = from->indirect;
	if (mode == UNRACED_MITIGATION_OFF || needs_no_snapshot(shared, from, mode)) {
		read_nothing(call, mode);
	} else if (from->syscall == UNRACED_CONNECT) {
		read_address(call, UNRACED_PROVENANCE_ENTER);
	} else {
		if (!read_short_path(slot, UNRACED_PROVENANCE_ENTER)) {
			/* The second map has no path of this call yet. */
			stash_remove(shared, task, 0);
			return 0;
		}
		if (from->syscall == UNRACED_OPENAT2)
			read_how(call, UNRACED_PROVENANCE_ENTER);
	}
	remember(call, shared, task, filters);
	stats->puts++;
	return 1;
}

/*
 * Handles the entry of a call. One that the kernel restarts enters again, and is a call of its own (R1.4). A call that
 * a filter leaves out by its caller takes no entry (R7.2).
 */
__noinline int begin_call(struct arguments *from)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct long_call *to = SCRATCH(call_scratch);
	struct task_struct *task = bpf_get_current_task_btf();
	bool entering, passes;
	__u32 mode, filters;

	if (!from || !shared || !stats || !to || !shared->active)
		return 0;
	/* No filter may spare an earlier call's entry: it would answer this call's return. */
	replace_earlier(shared, stats, task);
	mode = current_mode(shared);
	filters = current_filters(shared);
	entering = wants_enter_events(shared);
	if (filter_caller(shared, task, filters) != UNRACED_PASS) {
		if (from->syscall == UNRACED_CONNECT)
			connect_passes_by(task, from->args[0], from->indirect);
		return 0;
	}
	if (!entering && (mode == UNRACED_MITIGATION_OFF || !(filters & UNRACED_FILTER_PATHS)) &&
	    begin_in_place(shared, stats, task, from, mode, filters))
		return 0;
	begin(&to->call, task, mode);
	read_arguments(to, from, UNRACED_PROVENANCE_ENTER);
	passes = path_passes(&to->call, filters);
	if (entering && passes)
		emit_enter(&to->call);
	if (mode == UNRACED_MITIGATION_OFF) {
		read_nothing(&to->call, mode);
	} else if (!passes && mode != UNRACED_MITIGATION_KERNEL) {
		/* In mode kernel the kernel's copy decides at the return. */
		return 0;
	}
	remember(&to->call, shared, task, filters);
	stash_put(shared, stats, task, to);
	return 0;
}

#endif
