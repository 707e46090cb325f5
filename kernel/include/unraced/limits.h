/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The limits of events per second by user and by cgroup (R7.3). */
#ifndef UNRACED_LIMITS_H
#define UNRACED_LIMITS_H

#include "unraced/base.h"
#include "unraced/callers.h"

/* Owners without a bucket of their own share the first bucket of the last group. */
#define UNRACED_LIMIT_GROUPS (UNRACED_BUCKET_GROUPS + 1)

/* Returns the group of a table at this index, or null. A driver has its own kind of table. */
typedef struct unraced_bucket_group *unraced_group_at(void *table, __u32 index);

/* The two tables of buckets, and the nanoseconds that an event costs there; 0 without a limit. */
struct unraced_limit {
	void *users;
	void *cgroups;
	__u32 user_interval;
	__u32 cgroup_interval;
	__u32 seed;
};

UNRACED_INLINE struct unraced_bucket *unraced_bucket_of(unraced_group_at *group_at, void *table,
							__u64 owner, __u32 seed, __u64 now)
{
	struct unraced_bucket_group *own = group_at(table, unraced_bucket_group_of(owner, seed));
	struct unraced_bucket_group *rest = group_at(table, UNRACED_BUCKET_GROUPS);

	return own && rest ? unraced_bucket_find(own, &rest->buckets[0], owner, now) : 0;
}

/*
 * Returns whether the user or the cgroup has no token left, so that the event is lost. An event
 * takes one token from both, or none.
 */
UNRACED_INLINE bool unraced_takes_no_tokens(const struct unraced_limit *limit,
					    unraced_group_at *group_at, __u64 cgroup, __u32 uid,
					    __u64 now)
{
	struct unraced_bucket *of_user = 0, *of_cgroup;

	if (limit->user_interval) {
		/* The owner is uid + 1, since 0 marks a free bucket. */
		of_user =
			unraced_bucket_of(group_at, limit->users, (__u64)uid + 1, limit->seed, now);
		if (!of_user || !unraced_bucket_take(of_user, limit->user_interval, now))
			return 1;
	}
	if (limit->cgroup_interval) {
		of_cgroup = unraced_bucket_of(group_at, limit->cgroups, cgroup, limit->seed, now);
		if (!of_cgroup || !unraced_bucket_take(of_cgroup, limit->cgroup_interval, now)) {
			if (of_user)
				unraced_bucket_refund(of_user, limit->user_interval);
			return 1;
		}
	}
	return 0;
}

/* Counts a lost event of a caller in the ledger of this CPU (R8.3). */
UNRACED_INLINE void unraced_count_in_ledger(struct unraced_ledger *ledger, __u64 cgroup, __u32 uid,
					    __u32 seed)
{
	__u32 group = unraced_ledger_group_of(cgroup, uid, seed);

	/* The group is below the limit already; the mask shows it to the verifier. */
	unraced_ledger_add(ledger->callers[group & (UNRACED_LEDGER_GROUPS - 1)], cgroup, uid);
}

#endif
