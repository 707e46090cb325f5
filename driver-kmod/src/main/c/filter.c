// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bsearch.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "filter.h"

static int order_u32(const void *key, const void *element)
{
	u32 left = *(const u32 *)key, right = *(const u32 *)element;

	return left < right ? -1 : left > right;
}

static int order_u64(const void *key, const void *element)
{
	u64 left = *(const u64 *)key, right = *(const u64 *)element;

	return left < right ? -1 : left > right;
}

/* In one of the cgroups, or below. */
static bool is_in_cgroups(const struct unraced_capture *capture)
{
	struct cgroup *cgroup;
	bool found = false;

	rcu_read_lock();
	for (cgroup = task_dfl_cgroup(current); cgroup && !found; cgroup = cgroup_parent(cgroup)) {
		u64 id = cgroup_id(cgroup);

		found = bsearch(&id, capture->cgroups, capture->config.cgroup_count, sizeof(u64), order_u64);
	}
	rcu_read_unlock();
	return found;
}

enum unraced_verdict unraced_filter(const struct unraced_capture *capture)
{
	const struct unraced_config *config = &capture->config;
	u32 filters = config->filters;
	u32 tgid = current->tgid;

	if (!filters)
		return UNRACED_PASS;
	if ((filters & UNRACED_FILTER_SELF) && tgid == capture->self_tgid)
		return UNRACED_SELF;
	if ((filters & UNRACED_FILTER_TGIDS) &&
	    !bsearch(&tgid, capture->tgids, config->tgid_count, sizeof(u32), order_u32))
		return UNRACED_OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		u32 uid = from_kuid(&init_user_ns, current_uid());

		if (!bsearch(&uid, capture->uids, config->uid_count, sizeof(u32), order_u32))
			return UNRACED_OTHER_UID;
	}
	if ((filters & UNRACED_FILTER_CGROUPS) && !is_in_cgroups(capture))
		return UNRACED_OTHER_CGROUP;
	return UNRACED_PASS;
}

void unraced_count_filtered(struct unraced_counters *row, enum unraced_verdict verdict)
{
	switch (verdict) {
	case UNRACED_SELF:
		row->filtered_self++;
		break;
	case UNRACED_OTHER_TGID:
		row->filtered_tgid++;
		break;
	case UNRACED_OTHER_UID:
		row->filtered_uid++;
		break;
	case UNRACED_OTHER_CGROUP:
		row->filtered_cgroup++;
		break;
	case UNRACED_PASS:
		break;
	}
}
