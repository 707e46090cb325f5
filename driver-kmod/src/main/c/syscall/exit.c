// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <asm/syscall.h>

#include "call/arguments.h"
#include "call/entry.h"
#include "filter/filter.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "out/record.h"
#include "syscall/base.h"
#include "syscall/execution.h"
#include "syscall/exit.h"
#include "unraced/filter.h"

/*
 * Rebuilds a call without an entry (R5.1). The registers still hold the arguments, but the memory they point to may
 * have changed. In mode off each call comes here (R2.18).
 */
static bool begin_late(struct unraced_capture *capture, struct unraced_scratch *scratch,
		       const struct unraced_arguments *arguments, int taken, enum unraced_execution execution)
{
	u32 mitigation = READ_ONCE(capture->mitigation);
	/* A call that never ran, or was under way when the capture opened, has left nothing that tells its filters. */
	const struct unraced_filters *filters = execution == UNRACED_RAN ? unraced_filters_of_entry(capture) :
									   unraced_filters_now(capture);
	enum unraced_verdict verdict = unraced_filter_task(capture, filters, current);

	if (verdict != UNRACED_PASS) {
		unraced_count_filtered(&unraced_counters_here(capture)->filtered, verdict);
		return false;
	}
	unraced_entry_begin(capture, scratch, arguments, mitigation, filters->word);
	unraced_read_pointers(&scratch->call, UNRACED_PROVENANCE_EXIT);
	/* The entry of another mode may have been evicted before the mode was switched (R5.2). */
	if (mitigation == UNRACED_MITIGATION_OFF && taken != UNRACED_TAKE_EVICTED)
		return true;
	scratch->call.record.flags |= unraced_entry_missed(taken);
	if (scratch->call.integrity && arguments->syscall != UNRACED_CONNECT)
		unraced_remember_start(&scratch->call);
	return true;
}

static u32 execution_flags(enum unraced_execution execution)
{
	switch (execution) {
	case UNRACED_NEVER_RAN:
		return UNRACED_NOT_EXECUTED;
	case UNRACED_MAY_HAVE_RUN:
		return UNRACED_EXECUTION_UNKNOWN;
	default:
		return 0;
	}
}

/*
 * Makes the event of a call that returns, with its raw result (R1.2, R1.3). A call that failed (R3.1, R3.2, R3.3), or
 * that a signal interrupted (R6.3), returns here like any other.
 */
static void answer(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_record *record = &scratch->call.record;
	u8 trace = unraced_trace_read(capture);
	bool shared = trace & UNRACED_TRACE_SHARED;
	enum unraced_execution execution = unraced_trace_return(capture, arguments, trace);
	int taken = unraced_entry_take(capture, scratch, arguments);

	unraced_counters_here(capture)->returned++;
	if (taken < 0) {
		if (!begin_late(capture, scratch, arguments, taken, execution))
			return;
		record->flags |= execution_flags(execution);
		/* A task that shared the descriptors at the entry may have replaced one, and left. */
		if (execution == UNRACED_MAY_HAVE_RUN ||
		    (execution == UNRACED_RAN && (shared || (record->flags & UNRACED_ENTER_MISSED))))
			record->flags |= UNRACED_FD_TABLE_SHARED;
		if (execution == UNRACED_RAN)
			unraced_base_take(capture, trace, &scratch->call);
	} else {
		unraced_read_again(&scratch->call);
	}
	record->result = result;
	unraced_finish(capture, scratch);
}

/* The act of a connect ends here, also when a filter leaves the call out. */
static void on_return(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);

	if (arguments->syscall == UNRACED_CONNECT)
		unraced_act_take(capture, scratch, current->pid, current->start_boottime);
	answer(capture, arguments, result);
	if (arguments->syscall == UNRACED_CONNECT)
		unraced_act_end(capture, scratch);
}

static noinline void leave(struct unraced_capture *capture, struct pt_regs *regs, long number, long result)
{
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	if (!unraced_arch_call(regs, number, &arguments) || !unraced_is_watched(capture, arguments.syscall))
		return;
	preempt_disable();
	on_return(capture, &arguments, result);
	preempt_enable();
}

/*
 * A call without an entry in the trace was under way when the capture opened. It gets no event, as those of threads
 * that were inside the function before it was patched get none.
 */
void unraced_leave_function(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result)
{
	if (unraced_is_watched(capture, arguments->syscall) && unraced_trace_has(capture, arguments))
		on_return(capture, arguments, result);
}

void unraced_on_exit(void *data, struct pt_regs *regs, long result)
{
	long number = syscall_get_nr(current, regs);

	if (unlikely(unraced_arch_may_be(number)))
		leave(data, regs, number, result);
}

/* A thread that ends takes its call, its act of a connect and its trace of an entry with it (R4.2, R6.1, R6.2). */
void unraced_on_thread_exit(void *data, struct task_struct *task)
{
	struct unraced_capture *capture = data;

	unraced_trace_end(capture, task);
	if (capture->connect_probe.registered) {
		preempt_disable();
		unraced_act_discard(capture, task->pid, task->start_boottime);
		preempt_enable();
	}
	unraced_stash_discard(capture->stash, task->pid);
}
