// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <asm/syscall.h>

#include "call/entry.h"
#include "filter/filter.h"
#include "kernelcopy/merge.h"
#include "syscall/execution.h"
#include "unraced/filter.h"

/*
 * Returns the current thread's call if this capture saw its entry. The registers alone prove nothing: after a return,
 * and in a request of an io_uring, they still name the last call.
 */
bool unraced_current_call(struct unraced_capture *capture, struct unraced_arguments *arguments)
{
	struct pt_regs *regs = task_pt_regs(current);

	return unraced_trace_inside(capture) && unraced_arch_call(regs, syscall_get_nr(current, regs), arguments);
}

bool unraced_begin_copy(struct unraced_capture *capture, struct unraced_scratch *scratch,
			const struct unraced_arguments *arguments)
{
	u32 mitigation = READ_ONCE(capture->mitigation);
	const struct unraced_filters *filters;
	int taken = unraced_entry_take_held(capture, scratch, arguments);

	if (taken >= 0)
		return true;
	if (mitigation != UNRACED_MITIGATION_KERNEL)
		return false;
	filters = unraced_filters_of_entry(capture);
	if (unraced_filter_task(capture, filters, current) != UNRACED_PASS)
		return false;
	taken = unraced_entry_take(capture, scratch, arguments);
	unraced_entry_begin(capture, scratch, arguments, mitigation, filters->word);
	scratch->call.record.flags |= unraced_entry_missed(taken);
	return true;
}

bool unraced_wants_copy(const struct unraced_call *call)
{
	return call->record.mitigation == UNRACED_MITIGATION_KERNEL &&
	       call->record.provenance != UNRACED_PROVENANCE_KERNEL;
}

void unraced_replace_by_copy(struct unraced_call *call, const void *copy, u32 length)
{
	struct unraced_record *record = &call->record;

	/* The pointer was unreadable when the call entered. */
	if (record->enter_ns && record->provenance == UNRACED_PROVENANCE_NONE)
		record->flags |= UNRACED_FAULTED;
	unraced_call_replace_requested(call, copy, length);
}
