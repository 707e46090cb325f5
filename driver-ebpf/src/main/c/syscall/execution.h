/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file decides whether a call that returns without a stash entry ran at all (R3.5). At entry the kernel runs the
 * tracepoint last, so a call whose entry was seen ran, as a tracer has rewritten it (R1.16). Before the tracepoint,
 * seccomp and a tracer can refuse the call. A refused call still returns, with a result of their choice, which may be a
 * descriptor (R3.4).
 *
 * Therefore an entry leaves a trace in every mode: in the stash, in the map of calls that found no room there
 * ("refused"), or, if that is full, in the thread's own bit ("forgotten"). None of these evicts. Where no trace can
 * have been missed, a missing trace proves that the call never ran, and a bit that it ran.
 */
#ifndef UNRACED_SYSCALL_EXECUTION_H
#define UNRACED_SYSCALL_EXECUTION_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "lib/thread_bits.h"

/*
 * Marks a return of a thread that is older than the capture, and returns whether one was marked before. The first call
 * may have entered before the capture. But a thread is in one call at a time, so those after its first return entered
 * later. A bit that a thread leaves behind misleads nobody: who gets its id is younger than the capture, or executes a
 * program in its process.
 */
static __always_inline bool mark_returned(struct task_struct *task)
{
	return set_bit(&returned_once, task->pid);
}

/* Returns the flag for a call that left no trace at its entry. These filters cannot have kept it from leaving one. */
static __always_inline __u32 without_trace(const struct unraced_control *shared, struct task_struct *task,
					   __u32 filters)
{
	__u64 since = *(const volatile __u64 *)&shared->entries_since;
	bool is_new = since && task->start_boottime > since;

	if (!since || (filters & UNRACED_FILTERS_OTHERS_CAN_CHANGE) || (!is_new && !mark_returned(task)))
		return UNRACED_EXECUTION_UNKNOWN;
	return UNRACED_NOT_EXECUTED;
}

#endif
