// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>

#include "out/limit.h"
#include "unraced/limits.h"

static struct unraced_bucket_group *group_at(void *table, u32 index)
{
	return (struct unraced_bucket_group *)table + index;
}

bool unraced_exceeds_limits(struct unraced_capture *capture, u32 uid, u64 cgroup)
{
	struct unraced_limit limit = {
		.users = capture->limits->users,
		.cgroups = capture->limits->cgroups,
		.user_interval = capture->config.user_interval,
		.cgroup_interval = capture->config.cgroup_interval,
		.seed = capture->limit_seed,
	};

	return unraced_takes_no_tokens(&limit, group_at, cgroup, uid, ktime_get_ns());
}

noinline void unraced_count_loss(struct unraced_capture *capture, u32 uid, u64 cgroup)
{
	unraced_count_in_ledger(&capture->ledgers[smp_processor_id()], cgroup, uid, capture->limit_seed);
}
