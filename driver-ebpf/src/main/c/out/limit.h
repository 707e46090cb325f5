/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file limits events by user and by cgroup, and counts lost events by caller. Without a limit, an event costs one
 * test.
 */
#ifndef UNRACED_OUT_LIMIT_H
#define UNRACED_OUT_LIMIT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"

#include "unraced/limits.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UNRACED_LIMIT_GROUPS);
	__type(key, __u32);
	__type(value, struct unraced_bucket_group);
} user_buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, UNRACED_LIMIT_GROUPS);
	__type(key, __u32);
	__type(value, struct unraced_bucket_group);
} cgroup_buckets SEC(".maps");

/* One ledger per possible CPU; the loader sets the number. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct unraced_ledger);
} ledgers SEC(".maps");

static __always_inline struct unraced_bucket_group *group_at(void *map, __u32 index)
{
	return bpf_map_lookup_elem(map, &index);
}

/* Counts a lost event of a caller. The kernel verifies this function once for all its callers. */
__noinline int count_loss(__u64 cgroup, __u32 uid)
{
	struct unraced_control *shared = SCRATCH(control);
	__u32 cpu = bpf_get_smp_processor_id();
	struct unraced_ledger *ledger = bpf_map_lookup_elem(&ledgers, &cpu);

	if (shared && ledger)
		unraced_count_in_ledger(ledger, cgroup, uid, shared->limit_seed);
	return 0;
}

/*
 * Returns whether the user or the cgroup has no token left. The kernel verifies this function once for all its callers.
 */
__noinline int exceeds_limits(__u64 cgroup, __u32 uid)
{
	struct unraced_control *shared = SCRATCH(control);
	__u64 now = bpf_ktime_get_ns();
	struct unraced_limit limit = { .users = &user_buckets, .cgroups = &cgroup_buckets };

	if (!shared)
		return 0;
	limit.user_interval = shared->user_interval;
	limit.cgroup_interval = shared->cgroup_interval;
	limit.seed = shared->limit_seed;
	return unraced_takes_no_tokens(&limit, group_at, cgroup, uid, now);
}

/*
 * Returns whether an event exceeds a limit, and then counts it as lost and takes its number (R9.3). An event of a
 * request counts for its submitter, whichever thread completes it; "submitter" is null otherwise.
 */
static __always_inline bool count_lost_if_limited(struct unraced_counters *stats, const struct unraced_control *shared,
						  const struct caller *submitter)
{
	__u64 cgroup;
	__u32 uid;

	if (!(shared->user_interval | shared->cgroup_interval))
		return 0;
	uid = submitter ? submitter->uid : (__u32)bpf_get_current_uid_gid();
	cgroup = submitter ? submitter->cgroup : bpf_get_current_cgroup_id();
	if (!exceeds_limits(cgroup, uid))
		return 0;
	stats->sequence++;
	stats->rate_limited++;
	count_loss(cgroup, uid);
	return 1;
}

#endif
