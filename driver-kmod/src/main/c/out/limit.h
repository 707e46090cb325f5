/* SPDX-License-Identifier: GPL-2.0-only */
/* The limits by user and by cgroup, and the lost events of each caller. */
#ifndef UNRACED_OUT_LIMIT_H
#define UNRACED_OUT_LIMIT_H

#include "lib/capture.h"
#include "unraced/limits.h"

/* The token buckets of one capture. */
struct unraced_limits {
	struct unraced_bucket_group users[UNRACED_LIMIT_GROUPS];
	struct unraced_bucket_group cgroups[UNRACED_LIMIT_GROUPS];
};

/* Returns whether an event is beyond a limit of this caller, and thus lost. Takes the event's tokens otherwise. */
bool unraced_exceeds_limits(struct unraced_capture *capture, u32 uid, u64 cgroup);
/* Counts a lost event of a caller, on this CPU. */
void unraced_count_loss(struct unraced_capture *capture, u32 uid, u64 cgroup);

static inline bool unraced_has_limits(const struct unraced_capture *capture)
{
	return capture->config.user_interval | capture->config.cgroup_interval;
}

#endif
