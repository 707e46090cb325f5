/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits by user and by cgroup, and whose events were lost. */
#ifndef UNRACED_LIMIT_H
#define UNRACED_LIMIT_H

#include "capture.h"
#include "unraced/callers.h"

/* The token buckets of one capture. In each table, the last group's first bucket is what the others share. */
struct unraced_limits {
	struct unraced_bucket_group users[UNRACED_BUCKET_GROUPS + 1];
	struct unraced_bucket_group cgroups[UNRACED_BUCKET_GROUPS + 1];
};

/* Whether an event is beyond a limit of the caller that the record names, and thus lost. Takes its tokens otherwise. */
bool unraced_exceeds_limits(struct unraced_capture *capture, u32 uid, u64 cgroup);
/* Counts a lost event of a caller, on this CPU. */
void unraced_count_loss(struct unraced_capture *capture, u32 uid, u64 cgroup);

static inline bool unraced_has_limits(const struct unraced_capture *capture)
{
	return capture->config.user_interval | capture->config.cgroup_interval;
}

#endif
