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

#include "unraced/callers.h"

/* Owners without a bucket of their own share the first bucket of the last element. */
#define BUCKET_ELEMENTS (UNRACED_BUCKET_GROUPS + 1)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BUCKET_ELEMENTS);
	__type(key, __u32);
	__type(value, struct unraced_bucket_group);
} user_buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BUCKET_ELEMENTS);
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

static __always_inline struct unraced_bucket *bucket_of(void *map, __u64 owner, __u32 seed, __u64 now)
{
	__u32 own = unraced_bucket_group_of(owner, seed), last = UNRACED_BUCKET_GROUPS;
	struct unraced_bucket_group *group = bpf_map_lookup_elem(map, &own);
	struct unraced_bucket_group *rest = bpf_map_lookup_elem(map, &last);

	return group && rest ? unraced_bucket_find(group, &rest->buckets[0], owner, now) : 0;
}

/* Counts a lost event of a caller. The kernel verifies this function once for all its callers. */
__noinline int count_loss(__u64 cgroup, __u32 uid)
{
	struct unraced_control *shared = SCRATCH(control);
	__u32 cpu = bpf_get_smp_processor_id();
	struct unraced_ledger *ledger = bpf_map_lookup_elem(&ledgers, &cpu);
	__u32 group;

	if (!shared || !ledger)
		return 0;
	group = unraced_ledger_group_of(cgroup, uid, shared->limit_seed);
	unraced_ledger_add(ledger->callers[group & (UNRACED_LEDGER_GROUPS - 1)], cgroup, uid);
	return 0;
}

/* Returns whether the user or the cgroup has no token left. An event takes one token from both, or none. */
__noinline int exceeds_limits(__u64 cgroup, __u32 uid)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_bucket *of_user = 0, *of_cgroup;
	__u64 now = bpf_ktime_get_ns();

	if (!shared)
		return 0;
	if (shared->user_interval) {
		/* The owner is uid + 1, since 0 marks a free bucket. */
		of_user = bucket_of(&user_buckets, (__u64)uid + 1, shared->limit_seed, now);
		if (!of_user || !unraced_bucket_take(of_user, shared->user_interval, now))
			return 1;
	}
	if (shared->cgroup_interval) {
		of_cgroup = bucket_of(&cgroup_buckets, cgroup, shared->limit_seed, now);
		if (!of_cgroup || !unraced_bucket_take(of_cgroup, shared->cgroup_interval, now)) {
			if (of_user)
				unraced_bucket_give_back(of_user, shared->user_interval);
			return 1;
		}
	}
	return 0;
}

/*
 * Returns whether an event exceeds a limit, and then counts it as lost. A lost event has a number (R9.3). An event of a
 * request counts for its submitter, whichever thread completes it; "submitter" is null otherwise.
 */
static __always_inline bool is_limited(struct unraced_counters *stats, const struct unraced_control *shared,
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
