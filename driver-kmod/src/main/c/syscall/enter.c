// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <linux/ktime.h>

#include "call/arguments.h"
#include "call/entry.h"
#include "filter/filter.h"
#include "object/descriptor.h"
#include "out/record.h"
#include "syscall/base.h"
#include "syscall/enter.h"
#include "syscall/execution.h"
#include "unraced/filter.h"

/*
 * Stashes the arguments of a call when it enters. So a thread that rewrites them while the call blocks cannot change
 * the arguments of the event (R2.2, R2.3). A call that a filter leaves out by its caller does not come here, and takes
 * no entry (R7.2).
 */
static void snapshot(struct unraced_capture *capture, const struct unraced_arguments *arguments, u32 mitigation,
		     bool entering, const struct unraced_filters *filters)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_call *call = &scratch->call;
	bool passes;

	unraced_entry_begin(capture, scratch, arguments, mitigation, filters->word);
	call->record.enter_ns = ktime_get_boottime_ns();
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
	passes = unraced_path_passes(filters, call);
	if (entering && passes)
		unraced_emit_enter(capture, scratch);
	/* In mode kernel, the filter judges the kernel's copy instead. */
	if (mitigation == UNRACED_MITIGATION_OFF || (!passes && mitigation != UNRACED_MITIGATION_KERNEL))
		return;
	/*
	 * A task that shares the descriptors now may replace the file and be gone by the return. No new task can join
	 * meanwhile. Whoever leaves the table before this look has replaced files before, so each look at a descriptor
	 * follows it.
	 */
	if (unraced_fd_table_is_shared()) {
		call->record.flags |= UNRACED_FD_TABLE_SHARED;
		if (!READ_ONCE(*unraced_sharer(capture)))
			WRITE_ONCE(*unraced_sharer(capture), 1);
	}
	smp_rmb();
	if (call->integrity && arguments->syscall != UNRACED_CONNECT)
		unraced_remember_start(call);
	else
		call->base_count = unraced_base_count();
	unraced_entry_put(capture, scratch);
}

void unraced_enter_call(struct unraced_capture *capture, const struct unraced_arguments *arguments)
{
	/* The mode is read once: it can be switched at any time, and a call must not see that (R12.1, R12.3). */
	u32 mitigation = READ_ONCE(capture->mitigation);
	/* The switch of enter events is read once, too (R12.6). */
	bool entering = READ_ONCE(capture->enter_events);
	const struct unraced_filters *filters;

	if (!unraced_is_watched(capture, arguments->syscall))
		return;
	unraced_trace_entry(capture, arguments);
	if (mitigation == UNRACED_MITIGATION_OFF && unraced_base_is_shared())
		unraced_base_note(capture);
	/* A call that finds no array entered under the first filters, which is what its byte says later. */
	if (mitigation == UNRACED_MITIGATION_OFF && !entering && !READ_ONCE(capture->entered_under))
		return;
	preempt_disable();
	filters = unraced_filters_enter(capture);
	if ((mitigation != UNRACED_MITIGATION_OFF || entering) &&
	    unraced_filter_task(capture, filters, current) == UNRACED_PASS)
		snapshot(capture, arguments, mitigation, entering, filters);
	preempt_enable();
}

static noinline void enter(struct unraced_capture *capture, struct pt_regs *regs, long number)
{
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	if (unraced_arch_call(regs, number, &arguments))
		unraced_enter_call(capture, &arguments);
}

/*
 * Every call of the machine comes here, so all but the first test is out of line, with its stack frame. The kernel
 * calls this after a tracer has rewritten the call (R1.16), and again for a call that it restarts (R1.4).
 */
void unraced_on_enter(void *data, struct pt_regs *regs, long number)
{
	if (unlikely(unraced_arch_may_be(number)))
		enter(data, regs, number);
}
