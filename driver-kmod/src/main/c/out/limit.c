// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>

#include "out/limit.h"

static struct unraced_bucket *bucket_of(struct unraced_bucket_group *groups, u64 owner, u32 seed, u64 now)
{
	return unraced_bucket_find(&groups[unraced_bucket_group_of(owner, seed)],
				   &groups[UNRACED_BUCKET_GROUPS].buckets[0], owner, now);
}

bool unraced_exceeds_limits(struct unraced_capture *capture, u32 uid, u64 cgroup)
{
	const struct unraced_config *config = &capture->config;
	struct unraced_bucket *of_user = NULL, *of_cgroup;
	u64 now = ktime_get_ns();

	if (config->user_interval) {
		/* User 0 has limits, too, and an owner of 0 is no owner. */
		of_user = bucket_of(capture->limits->users, (u64)uid + 1, capture->limit_seed, now);
		if (!unraced_bucket_take(of_user, config->user_interval, now))
			return true;
	}
	if (!config->cgroup_interval)
		return false;
	of_cgroup = bucket_of(capture->limits->cgroups, cgroup, capture->limit_seed, now);
	if (unraced_bucket_take(of_cgroup, config->cgroup_interval, now))
		return false;
	if (of_user)
		unraced_bucket_give_back(of_user, config->user_interval);
	return true;
}

void unraced_count_loss(struct unraced_capture *capture, u32 uid, u64 cgroup)
{
	struct unraced_ledger *ledger = &capture->ledgers[smp_processor_id()];

	unraced_ledger_add(ledger->callers[unraced_ledger_group_of(cgroup, uid, capture->limit_seed)], cgroup, uid);
}
