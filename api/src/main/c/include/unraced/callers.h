/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Limits of events per second of a user or a cgroup, and losses by caller, for every native driver. A driver provides
 * the memory and the clock; all memory is of fixed size.
 *
 * The includer defines the fixed-width types, as for record.h.
 */
#ifndef UNRACED_CALLERS_H
#define UNRACED_CALLERS_H

/* A caller without events for this long may make as many events at once as its limit allows in that time. */
#define UNRACED_BURST_NS 1000000000ull

#define UNRACED_GROUP_BUCKETS 4
#define UNRACED_BUCKET_GROUPS_BITS 8
#define UNRACED_BUCKET_GROUPS (1u << UNRACED_BUCKET_GROUPS_BITS)

/*
 * A token bucket. Each event pays for one interval (1 s divided by the limit). A bucket that is paid up to now or
 * earlier is full, and thus equal to a new bucket.
 */
struct unraced_bucket {
	__u64 owner; /* 0 while the bucket is unused */
	__u64 paid_until; /* ns of the driver's clock; at most UNRACED_BURST_NS ahead, except during races */
};

/* An owner can have its bucket only in one group. The group fills one cache line. */
struct unraced_bucket_group {
	struct unraced_bucket buckets[UNRACED_GROUP_BUCKETS];
};

/* A sanitizer for threads takes a volatile read for one that races. */
#ifdef __SANITIZE_THREAD__
#define UNRACED_READ_U64(at) __atomic_load_n(at, __ATOMIC_RELAXED)
#else
#define UNRACED_READ_U64(at) (*(const volatile __u64 *)(at))
#endif

/*
 * Returns the group of an owner. The seed is secret, so that an attacker cannot choose owners that meet in one group.
 */
static inline __u32 unraced_bucket_group_of(__u64 owner, __u32 seed)
{
	__u64 mixed = owner + ((__u64)seed << 32 | seed);

	mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccdull;
	mixed = (mixed ^ mixed >> 29) * 0xc4ceb9fe1a85ec53ull;
	return mixed >> (64 - UNRACED_BUCKET_GROUPS_BITS);
}

/*
 * Finds the owner's bucket, or gives it a full bucket. If the group has neither, the owner shares one bucket with all
 * other owners in that state. Many owners together thus get no more than the buckets of the table and the shared bucket
 * allow.
 */
static inline struct unraced_bucket *unraced_bucket_find(struct unraced_bucket_group *group,
							 struct unraced_bucket *shared, __u64 owner, __u64 now)
{
	int i;

	for (i = 0; i < UNRACED_GROUP_BUCKETS; i++)
		if (UNRACED_READ_U64(&group->buckets[i].owner) == owner)
			return &group->buckets[i];
	for (i = 0; i < UNRACED_GROUP_BUCKETS; i++) {
		__u64 before = UNRACED_READ_U64(&group->buckets[i].owner), found;

		if (UNRACED_READ_U64(&group->buckets[i].paid_until) > now)
			continue;
		found = __sync_val_compare_and_swap(&group->buckets[i].owner, before, owner);
		/* Another CPU may have given the bucket to the same owner. */
		if (found == before || found == owner)
			return &group->buckets[i];
	}
	return shared;
}

/* Takes a token. Returns 0 when the bucket is empty, which costs no write. */
static inline int unraced_bucket_take(struct unraced_bucket *bucket, __u32 interval, __u64 now)
{
	__u64 latest = now + UNRACED_BURST_NS - interval;
	__u64 until = UNRACED_READ_U64(&bucket->paid_until);

	if (until > latest)
		return 0;
	if (until < now)
		__sync_val_compare_and_swap(&bucket->paid_until, until, now);
	until = __sync_fetch_and_add(&bucket->paid_until, (__u64)interval);
	if (until <= latest)
		return 1;
	/* Another CPU took the last token in between. */
	__sync_fetch_and_add(&bucket->paid_until, -(__u64)interval);
	return 0;
}

/* Refunds the token of an event that another limit refused. */
static inline void unraced_bucket_refund(struct unraced_bucket *bucket, __u32 interval)
{
	__sync_fetch_and_add(&bucket->paid_until, -(__u64)interval);
}

#define UNRACED_LEDGER_GROUPS_BITS 4
#define UNRACED_LEDGER_GROUPS (1u << UNRACED_LEDGER_GROUPS_BITS)
#define UNRACED_GROUP_CALLERS 4

/* The number of events of one user in one cgroup that a CPU has lost. */
struct unraced_caller_losses {
	__u64 cgroup;
	__u64 lost; /* 0 while the place is free */
	__u32 uid;
	__u32 against; /* losses of callers without a place since this caller took its place */
};

/* Losses by caller. Each CPU has its own ledger, which no other CPU writes. */
struct unraced_ledger {
	struct unraced_caller_losses callers[UNRACED_LEDGER_GROUPS][UNRACED_GROUP_CALLERS];
};

static inline __u32 unraced_ledger_group_of(__u64 cgroup, __u32 uid, __u32 seed)
{
	return unraced_bucket_group_of(cgroup ^ (__u64)uid << 32, seed) >>
	       (UNRACED_BUCKET_GROUPS_BITS - UNRACED_LEDGER_GROUPS_BITS);
}

/*
 * Counts a loss in the caller's group. When all places are taken, callers without a place together outvote the place
 * with the fewest losses over time; these losses then lose their name. So a caller that keeps losing the most gets a
 * place and keeps it.
 */
static inline void unraced_ledger_add(struct unraced_caller_losses *group, __u64 cgroup, __u32 uid)
{
	struct unraced_caller_losses *least = group;
	int i;

	for (i = 0; i < UNRACED_GROUP_CALLERS; i++) {
		struct unraced_caller_losses *caller = &group[i];

		if (caller->lost && caller->cgroup == cgroup && caller->uid == uid) {
			*(volatile __u64 *)&caller->lost = caller->lost + 1;
			return;
		}
		if (caller->lost < least->lost)
			least = caller;
	}
	if (least->lost && ++least->against <= least->lost)
		return;
	/* A lower number than before shows a reader that another caller has taken the place. */
	*(volatile __u64 *)&least->lost = 0;
	*(volatile __u64 *)&least->cgroup = cgroup;
	*(volatile __u32 *)&least->uid = uid;
	least->against = 0;
	*(volatile __u64 *)&least->lost = 1;
}

#endif
