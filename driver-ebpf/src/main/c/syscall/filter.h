/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file reads the capture mode and filters calls. A filter that is not configured costs one test. */
#ifndef UNRACED_SYSCALL_FILTER_H
#define UNRACED_SYSCALL_FILTER_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/* A program reads the mode once: the mode can change at any time, and a call must see only one value. */
static __always_inline __u32 current_mode(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->mitigation;
}

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

/*
 * Filters by the caller and returns an enum unraced_verdict; the capturing process's own calls are R11.1 and R11.2. The
 * kernel verifies this function once for all its callers, so it asks about a pointer that is never null.
 */
__noinline int filter(const struct unraced_control *shared)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 filters;

	if (!shared)
		return UNRACED_SELF;
	filters = shared->filters;
	if ((filters & UNRACED_FILTER_SELF) && tgid == shared->self_tgid)
		return UNRACED_SELF;
	if ((filters & UNRACED_FILTER_TGIDS) && !bpf_map_lookup_elem(&tgids, &tgid))
		return UNRACED_OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		__u32 uid = bpf_get_current_uid_gid();

		if (!bpf_map_lookup_elem(&uids, &uid))
			return UNRACED_OTHER_UID;
	}
	if ((filters & UNRACED_FILTER_CGROUPS) && !is_below_cgroup())
		return UNRACED_OTHER_CGROUP;
	if (filters & UNRACED_FILTER_MOUNT_NS) {
		__u32 mount_ns = mount_namespace(bpf_get_current_task_btf());

		if (!bpf_map_lookup_elem(&mount_namespaces, &mount_ns))
			return UNRACED_OTHER_MOUNT_NS;
	}
	return UNRACED_PASS;
}

/* Filters by the caller, inline when only the capturing process may be filtered. */
static __always_inline int filter_caller(const struct unraced_control *shared, struct task_struct *task)
{
	if (shared->filters & ~UNRACED_FILTERS_AT_RETURN & ~UNRACED_FILTER_SELF)
		return filter(shared);
	return (shared->filters & UNRACED_FILTER_SELF) && (__u32)task->tgid == shared->self_tgid ? UNRACED_SELF
												 : UNRACED_PASS;
}

/* An unreadable path passes, since it could be one of the wanted paths. */
static __always_inline bool path_passes(const struct unraced_control *shared, const struct call *call)
{
	/* Only this look-up uses start_bits. */
	__u32 *key = (__u32 *)&call->start_bits;
	__u32 length = call->length;

	if (!unraced_path_is_filtered(shared->filters, call->syscall, call->provenance))
		return 1;
	*key = 8 * (length < INLINE_BYTES ? length : INLINE_BYTES);
	return bpf_map_lookup_elem(&paths, key);
}

/* Filters by what is known when the call returns: path and result. */
static __always_inline enum unraced_verdict filter_return(const struct unraced_control *shared, const struct call *call,
						  long result)
{
	/*
	 * The asm makes the verifier forget the result, or it would explore failures and successes separately from here
	 * on.
	 */
	asm volatile("%0 ^= 0" : "+r"(result));
	bool unwanted = unraced_result_is_filtered(shared->filters, call->syscall, call->record_flags, result);

	if (!path_passes(shared, call))
		return UNRACED_OTHER_PATH;
	return unwanted ? UNRACED_OTHER_RESULT : UNRACED_PASS;
}

#endif
