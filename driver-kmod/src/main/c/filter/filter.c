// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bsearch.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "filter/filter.h"
#include "path/mounts.h"
#include "filter/prefix.h"
#include "unraced/filter.h"

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

/* Returns whether the task is in one of the cgroups, or below. */
static bool is_in_cgroups(const struct unraced_capture *capture, struct task_struct *task)
{
	struct cgroup *cgroup;
	bool found = false;

	rcu_read_lock();
	for (cgroup = task_dfl_cgroup(task); cgroup && !found; cgroup = cgroup_parent(cgroup)) {
		u64 id = cgroup_id(cgroup);

		found = bsearch(&id, capture->cgroups, capture->config.cgroup_count, sizeof(u64), order_u64);
	}
	rcu_read_unlock();
	return found;
}

/* A namespace that nobody knows any more passes. */
static bool is_in_mount_namespaces(const struct unraced_capture *capture, struct task_struct *task)
{
	u32 number = unraced_namespace_of(task);

	if (!number && task != current)
		return true;
	return bsearch(&number, capture->mount_namespaces, capture->config.mount_ns_count, sizeof(u32), order_u32);
}

enum unraced_verdict unraced_filter_by_lists(const struct unraced_capture *capture, struct task_struct *task)
{
	const struct unraced_config *config = &capture->config;
	u32 filters = config->filters;
	u32 tgid = task->tgid;

	if ((filters & UNRACED_FILTER_TGIDS) &&
	    !bsearch(&tgid, capture->tgids, config->tgid_count, sizeof(u32), order_u32))
		return UNRACED_OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		u32 uid = from_kuid(&init_user_ns, task == current ? current_uid() : task_uid(task));

		if (!bsearch(&uid, capture->uids, config->uid_count, sizeof(u32), order_u32))
			return UNRACED_OTHER_UID;
	}
	if ((filters & UNRACED_FILTER_CGROUPS) && !is_in_cgroups(capture, task))
		return UNRACED_OTHER_CGROUP;
	if ((filters & UNRACED_FILTER_MOUNT_NS) && !is_in_mount_namespaces(capture, task))
		return UNRACED_OTHER_MOUNT_NS;
	return UNRACED_PASS;
}

bool unraced_path_passes(const struct unraced_capture *capture, const struct unraced_call *call)
{
	if (!unraced_path_is_filtered(capture->config.filters, call->record.syscall, call->record.provenance))
		return true;
	return unraced_prefixes_accept(capture->paths, capture->config.path_count, call->tail,
				       call->record.open.path.length);
}

enum unraced_verdict unraced_filter_return(const struct unraced_capture *capture, const struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;

	if (!unraced_path_passes(capture, call))
		return UNRACED_OTHER_PATH;
	return unraced_result_is_filtered(capture->config.filters, record->syscall, record->flags, record->result) ?
		       UNRACED_OTHER_RESULT :
		       UNRACED_PASS;
}
