/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file reads the capture mode and filters calls. A filter that is not configured costs one test. */
#ifndef UNRACED_SYSCALL_FILTER_H
#define UNRACED_SYSCALL_FILTER_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/* A program reads the mode once: the mode can change at any time, and a call must see only one value. */
static __always_inline __u32 current_mode(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->mitigation;
}

enum verdict { PASS, SELF, OTHER_TGID, OTHER_UID, OTHER_CGROUP, OTHER_MOUNT_NS, OTHER_PATH, OTHER_RESULT };

/* No cgroup is nested this deep; the loop ends at the caller's own cgroup. */
#define CGROUP_LEVELS (1 << 16)

static long look_at_ancestor(__u32 level, bool *found)
{
	__u64 cgroup = bpf_get_current_ancestor_cgroup_id(level);

	*found = cgroup && bpf_map_lookup_elem(&cgroups, &cgroup);
	return !cgroup || *found;
}

/* Returns whether the caller's cgroup or one of its ancestors is in the map. */
static __always_inline bool is_below_cgroup(void)
{
	bool found = 0;

	bpf_loop(CGROUP_LEVELS, look_at_ancestor, &found, 0);
	return found;
}

/* Returns the number of the task's mount namespace, or 0: an exiting task has none. */
static __always_inline __u32 mount_namespace(struct task_struct *task)
{
	struct nsproxy *proxy = KREAD_TRUSTED(task, nsproxy);

	return proxy ? proxy->mnt_ns->ns.inum : 0;
}

/* Filters by the caller and returns an enum verdict. The kernel verifies this function once for all its callers. */
__noinline int filter(const struct unraced_control *shared)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 filters;

	if (!shared)
		return SELF;
	filters = shared->filters;
	if ((filters & UNRACED_FILTER_SELF) && tgid == shared->self_tgid)
		return SELF;
	if ((filters & UNRACED_FILTER_TGIDS) && !bpf_map_lookup_elem(&tgids, &tgid))
		return OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		__u32 uid = bpf_get_current_uid_gid();

		if (!bpf_map_lookup_elem(&uids, &uid))
			return OTHER_UID;
	}
	if ((filters & UNRACED_FILTER_CGROUPS) && !is_below_cgroup())
		return OTHER_CGROUP;
	if (filters & UNRACED_FILTER_MOUNT_NS) {
		__u32 mount_ns = mount_namespace(bpf_get_current_task_btf());

		if (!bpf_map_lookup_elem(&mount_namespaces, &mount_ns))
			return OTHER_MOUNT_NS;
	}
	return PASS;
}

/* Filters by the caller, inline when only the capturing process may be filtered. */
static __always_inline int filter_caller(const struct unraced_control *shared, struct task_struct *task)
{
	if (shared->filters & ~UNRACED_FILTERS_AT_RETURN & ~UNRACED_FILTER_SELF)
		return filter(shared);
	return (shared->filters & UNRACED_FILTER_SELF) && (__u32)task->tgid == shared->self_tgid ? SELF : PASS;
}

/* An unreadable path passes, since it could be one of the wanted paths. */
static __always_inline bool path_passes(const struct unraced_control *shared, const struct call *call)
{
	/* Only this look-up uses start_bits. */
	__u32 *key = (__u32 *)&call->start_bits;
	__u32 length = call->length;

	if (!(shared->filters & UNRACED_FILTER_PATHS) || call->syscall == UNRACED_CONNECT ||
	    call->provenance == UNRACED_PROVENANCE_NONE)
		return 1;
	*key = 8 * (length < INLINE_BYTES ? length : INLINE_BYTES);
	return bpf_map_lookup_elem(&paths, key);
}

static __always_inline bool has_failed(const struct call *call, long result)
{
	/* A connect in progress has not failed; its later end makes no event. */
	bool under_way = call->syscall == UNRACED_CONNECT && result == -EINPROGRESS;

	return (call->record_flags & UNRACED_NOT_EXECUTED) || (result < 0 && !under_way);
}

/* Filters by what is known when the call returns: path and result. */
static __always_inline enum verdict filter_return(const struct unraced_control *shared, const struct call *call,
						  long result)
{
	/*
	 * The asm makes the verifier forget the result, or it would explore failures and successes separately from here
	 * on.
	 */
	asm volatile("%0 ^= 0" : "+r"(result));
	__u32 unwanted = has_failed(call, result) ? UNRACED_FILTER_SUCCEEDED : UNRACED_FILTER_FAILED;

	if (!path_passes(shared, call))
		return OTHER_PATH;
	return shared->filters & unwanted ? OTHER_RESULT : PASS;
}

static __always_inline void count_filtered(struct unraced_counters *stats, enum verdict verdict)
{
	switch (verdict) {
	case SELF:
		stats->filtered_self++;
		break;
	case OTHER_TGID:
		stats->filtered_tgid++;
		break;
	case OTHER_UID:
		stats->filtered_uid++;
		break;
	case OTHER_CGROUP:
		stats->filtered_cgroup++;
		break;
	case OTHER_MOUNT_NS:
		stats->filtered_mount_ns++;
		break;
	case OTHER_PATH:
		stats->filtered_path++;
		break;
	case OTHER_RESULT:
		stats->filtered_result++;
		break;
	case PASS:
		break;
	}
}

#endif
