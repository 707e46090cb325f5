// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints that every call passes. Each capture has its own probes on them. */
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <asm/syscall.h>

#include "call/arguments.h"
#include "object/connects.h"
#include "out/emit.h"
#include "filter/filter.h"
#include "syscall/execution.h"
#include "lib/tracepoints.h"
#include "object/truth.h"

enum point { ENTER, EXIT, THREAD_EXIT, POINTS };

static const char *const names[POINTS] = { "sys_enter", "sys_exit", "sched_process_exit" };
static struct tracepoint *points[POINTS];

static bool is_watched(const struct unraced_capture *capture, const struct unraced_arguments *arguments)
{
	return capture->config.syscalls & (1u << arguments->syscall);
}

static void snapshot(struct unraced_capture *capture, const struct unraced_arguments *arguments, u32 mitigation,
		     bool entering)
{
	struct unraced_area *area = unraced_area(capture);
	struct unraced_call *call = &area->call;
	bool passes;

	unraced_rebuild(capture, area, arguments, mitigation);
	call->record.enter_ns = ktime_get_boottime_ns();
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
	passes = unraced_path_passes(capture, call);
	if (entering && passes)
		unraced_emit_enter(capture, area);
	/* In mode kernel, the filter judges the kernel's copy instead. */
	if (mitigation == UNRACED_MITIGATION_OFF || (!passes && mitigation != UNRACED_MITIGATION_KERNEL))
		return;
	if (call->integrity && arguments->syscall != UNRACED_CONNECT)
		unraced_remember_start(call);
	/*
	 * A task that shares the descriptors now may replace the file and be gone by the return. No new task can join
	 * meanwhile.
	 */
	if (unraced_descriptors_shared()) {
		call->record.flags |= UNRACED_FD_TABLE_SHARED;
		if (!READ_ONCE(*unraced_sharer(capture)))
			WRITE_ONCE(*unraced_sharer(capture), 1);
	}
	unraced_put(capture, area);
}

static noinline void enter(struct unraced_capture *capture, struct pt_regs *regs, long number)
{
	struct unraced_arguments arguments UNRACED_FILLED_LATER;
	/* The mode is read once: it can be switched at any time, and a call must not see that. */
	u32 mitigation = READ_ONCE(capture->mitigation);
	bool entering = READ_ONCE(capture->enter_events);

	if (!unraced_arch_call(regs, number, &arguments) || !is_watched(capture, &arguments))
		return;
	unraced_trace_entry(capture, &arguments, mitigation);
	if ((mitigation == UNRACED_MITIGATION_OFF && !entering) || unraced_filter(capture) != UNRACED_PASS)
		return;
	preempt_disable();
	snapshot(capture, &arguments, mitigation, entering);
	preempt_enable();
}

/* Every call of the machine comes here, so all but the first test is out of line, with its stack frame. */
static void on_enter(void *data, struct pt_regs *regs, long number)
{
	if (unlikely(unraced_arch_may_be(number)))
		enter(data, regs, number);
}

/*
 * Rebuilds a call without an entry. The registers still hold the arguments, but the memory they point to may have
 * changed.
 */
static bool begin_late(struct unraced_capture *capture, struct unraced_area *area,
		       const struct unraced_arguments *arguments, int taken)
{
	u32 mitigation = READ_ONCE(capture->mitigation);
	enum unraced_verdict verdict = unraced_filter(capture);

	if (verdict != UNRACED_PASS) {
		unraced_count_filtered(unraced_row(capture), verdict);
		return false;
	}
	unraced_rebuild(capture, area, arguments, mitigation);
	unraced_read_pointers(&area->call, UNRACED_PROVENANCE_EXIT);
	if (mitigation == UNRACED_MITIGATION_OFF)
		return true;
	area->call.record.flags |= unraced_missed(taken);
	if (area->call.integrity && arguments->syscall != UNRACED_CONNECT)
		unraced_remember_start(&area->call);
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

static void answer(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result)
{
	struct unraced_area *area = unraced_area(capture);
	struct unraced_record *record = &area->call.record;
	bool was_shared = unraced_trace_shared(capture);
	enum unraced_execution execution = unraced_trace_return(capture, arguments);
	int taken = unraced_take(capture, area, arguments);

	unraced_row(capture)->returned++;
	if (taken < 0) {
		if (!begin_late(capture, area, arguments, taken))
			return;
		record->flags |= execution_flags(execution);
		/* A task that shared the descriptors at the entry may have replaced one, and left. */
		if (execution == UNRACED_MAY_HAVE_RUN ||
		    (execution == UNRACED_RAN && (was_shared || (record->flags & UNRACED_ENTER_MISSED))))
			record->flags |= UNRACED_FD_TABLE_SHARED;
	} else {
		unraced_read_again(&area->call);
	}
	record->result = result;
	unraced_finish(capture, area);
}

/* The act of a connect ends here, also when a filter leaves the call out. */
static void on_return(struct unraced_capture *capture, const struct unraced_arguments *arguments, long result)
{
	struct unraced_area *area = unraced_area(capture);

	if (arguments->syscall == UNRACED_CONNECT)
		unraced_act_take(capture, area, current->pid, current->start_boottime);
	answer(capture, arguments, result);
	if (arguments->syscall == UNRACED_CONNECT)
		unraced_act_end(capture, area);
}

static noinline void leave(struct unraced_capture *capture, struct pt_regs *regs, long number, long result)
{
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	if (!unraced_arch_call(regs, number, &arguments) || !is_watched(capture, &arguments))
		return;
	preempt_disable();
	on_return(capture, &arguments, result);
	preempt_enable();
}

static void on_exit(void *data, struct pt_regs *regs, long result)
{
	long number = syscall_get_nr(current, regs);

	if (unlikely(unraced_arch_may_be(number)))
		leave(data, regs, number, result);
}

/* A thread that ends takes its call, its act and its trace with it. */
static void on_thread_exit(void *data, struct task_struct *task)
{
	struct unraced_capture *capture = data;

	unraced_trace_end(capture, task);
	if (capture->connect_probe.registered) {
		preempt_disable();
		unraced_act_forget(capture, task->pid, task->start_boottime);
		preempt_enable();
	}
	unraced_stash_discard(capture->stash, task->pid);
}

static void *const handlers[POINTS] = { on_enter, on_exit, on_thread_exit };

int unraced_probes_find(void)
{
	int i;

	for (i = 0; i < POINTS; i++) {
		points[i] = unraced_tracepoint(names[i]);
		if (!points[i]) {
			pr_err("this kernel has no tracepoint %s\n", names[i]);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

static void stop_from(struct unraced_capture *capture, int first)
{
	int i;

	for (i = first; i < POINTS; i++)
		tracepoint_probe_unregister(points[i], handlers[i], capture);
	tracepoint_synchronize_unregister();
}

/* Starts with the returns: a call that enters in between has a return without an entry, not the reverse. */
int unraced_probes_start(struct unraced_capture *capture)
{
	int i;

	for (i = POINTS - 1; i >= 0; i--) {
		int error = tracepoint_probe_register(points[i], handlers[i], capture);

		if (error) {
			stop_from(capture, i + 1);
			return error;
		}
	}
	/* From here on, each CPU calls the probes for every entry and return that begins. */
	tracepoint_synchronize_unregister();
	unraced_trace_arm(capture, ktime_get_boottime_ns());
	return 0;
}

void unraced_probes_stop(struct unraced_capture *capture)
{
	stop_from(capture, 0);
}
