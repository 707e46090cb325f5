/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_FILTER_FILTER_H
#define UNRACED_FILTER_FILTER_H

#include <linux/sched.h>

#include "call/call.h"
#include "lib/capture.h"
#include "unraced/filter.h"

#define UNRACED_FILTERS_OF_LISTS                                                                                       \
	(UNRACED_FILTER_TGIDS | UNRACED_FILTER_UIDS | UNRACED_FILTER_CGROUPS | UNRACED_FILTER_MOUNT_NS)

enum unraced_verdict unraced_filter_by_lists(const struct unraced_capture *capture, struct task_struct *task);

/* Returns the filter that leaves out a task's calls (the capturing process's own: R11.1, R11.2), or UNRACED_PASS. */
static inline enum unraced_verdict unraced_filter_task(const struct unraced_capture *capture, struct task_struct *task)
{
	u32 filters = capture->config.filters;

	if ((filters & UNRACED_FILTER_SELF) && task->tgid == capture->self_tgid)
		return UNRACED_SELF;
	return filters & UNRACED_FILTERS_OF_LISTS ? unraced_filter_by_lists(capture, task) : UNRACED_PASS;
}

static inline enum unraced_verdict unraced_filter(const struct unraced_capture *capture)
{
	return unraced_filter_task(capture, current);
}

/* Returns whether the path passes. An unreadable path passes, as it may be a wanted one. */
bool unraced_path_passes(const struct unraced_capture *capture, const struct unraced_call *call);
/* Applies the filters that need the path and the result, once the call has returned. */
enum unraced_verdict unraced_filter_return(const struct unraced_capture *capture, const struct unraced_call *call);

#endif
