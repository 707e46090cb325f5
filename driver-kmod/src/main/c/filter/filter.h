/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_FILTER_FILTER_H
#define UNRACED_FILTER_FILTER_H

#include <linux/sched.h>

#include "call/call.h"
#include "filter/generations.h"
#include "lib/capture.h"
#include "unraced/filter.h"

#define UNRACED_FILTERS_OF_LISTS                                                                                       \
	(UNRACED_FILTER_TGIDS | UNRACED_FILTER_UIDS | UNRACED_FILTER_CGROUPS | UNRACED_FILTER_MOUNT_NS |               \
	 UNRACED_FILTER_EXECUTABLES)

/* The user is that of the credentials, or the task's own where they are null. */
enum unraced_verdict unraced_filter_by_lists(const struct unraced_filters *filters, struct task_struct *task,
					     const struct cred *cred);

/*
 * Returns the one of these filters that leaves out a task's calls (the capturing process's own: R11.1, R11.2), or
 * UNRACED_PASS. The caller keeps preemption off.
 */
static inline enum unraced_verdict unraced_filter_task(const struct unraced_capture *capture,
						       const struct unraced_filters *filters, struct task_struct *task)
{
	if ((filters->word & UNRACED_FILTER_SELF) && task->tgid == capture->self_tgid)
		return UNRACED_SELF;
	return filters->word & UNRACED_FILTERS_OF_LISTS ? unraced_filter_by_lists(filters, task, NULL) : UNRACED_PASS;
}

/* Judges the current task by the filters in force. */
static inline enum unraced_verdict unraced_filter(const struct unraced_capture *capture)
{
	enum unraced_verdict verdict;

	preempt_disable();
	verdict = unraced_filter_task(capture, unraced_filters_now(capture), current);
	preempt_enable();
	return verdict;
}

/*
 * Judges a task that called, or submitted a request, at an unknown time: by the filters in force, and by the earlier
 * ones that it has seen. The user is that of the credentials, or the task's own where they are null. The caller keeps
 * preemption off.
 */
enum unraced_verdict unraced_filter_unseen(const struct unraced_capture *capture, struct task_struct *task,
					   const struct cred *cred);

/* Returns whether the path passes. An unreadable path passes, as it may be a wanted one. */
bool unraced_path_passes(const struct unraced_filters *filters, const struct unraced_call *call);
/* Applies the filters that need the path and the result, once the call has returned: those of the call's word. */
enum unraced_verdict unraced_filter_return(const struct unraced_capture *capture, const struct unraced_call *call);

#endif
