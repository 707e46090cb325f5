/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file reads the capture mode and filters calls. A filter that is not configured costs one test. */
#ifndef UNRACED_SYSCALL_FILTER_H
#define UNRACED_SYSCALL_FILTER_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/filter.h"
#include "unraced/object.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/* A program reads the mode once: the mode can change at any time, and a call must see only one value (R12.1, R12.3). */
static __always_inline __u32 current_mode(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->mitigation;
}

/* A program reads the filters once, too. */
static __always_inline __u32 current_filters(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->filters;
}

/* Returns the bit of the filters' generation in the values of the maps. */
static __always_inline __u32 generation_bit(__u32 filters)
{
	return 1u << ((filters >> UNRACED_FILTER_GENERATION_SHIFT) % UNRACED_FILTER_GENERATIONS);
}

/* Returns the generations whose filters let a key through; "found" is the value of a map, or null. */
static __always_inline __u32 generations_of(const __u8 *found)
{
	return found ? *(const volatile __u8 *)found : 0;
}

/* No cgroup is nested this deep; the loop ends at the caller's own cgroup. */
#define CGROUP_LEVELS (1 << 16)

static long look_at_ancestor(__u32 level, __u32 *generations)
{
	__u64 cgroup = bpf_get_current_ancestor_cgroup_id(level);

	if (!cgroup)
		return 1;
	*generations |= generations_of(bpf_map_lookup_elem(&cgroups, &cgroup));
	return 0;
}

/* Returns the generations that let the caller's cgroup or one of its ancestors through. */
static __always_inline __u32 generations_of_cgroup(void)
{
	__u32 generations = 0;

	bpf_loop(CGROUP_LEVELS, look_at_ancestor, &generations, 0);
	return generations;
}

/* Returns the number of the task's mount namespace, or 0: an exiting task has none. */
static __always_inline __u32 mount_namespace(struct task_struct *task)
{
	struct nsproxy *proxy = KREAD_TRUSTED(task, nsproxy);

	return proxy ? proxy->mnt_ns->ns.inum : 0;
}

/*
 * Returns the generations that let the executable of a task's memory through. A task that exits may have given its
 * memory back; nobody knows its executable any more, so it passes.
 */
static __always_inline __u32 generations_of_executable(struct task_struct *task)
{
	struct mm_struct *mm = KREAD(task, mm);
	struct file *file = mm ? KREAD(mm, exe_file) : 0;
	struct unraced_executable key = {};

	if (!file)
		return KREAD(task, flags) & PF_EXITING ? ~0u : 0;
	key.inode = unraced_number_inode(KREAD(file, f_inode), &key.device);
	return generations_of(bpf_map_lookup_elem(&executables, &key));
}

/*
 * Filters by the caller (R1.10) and returns an enum unraced_verdict; the capturing process's own calls are R11.1 and
 * R11.2. The kernel verifies this function once for all its callers, so it asks about a pointer that is never null.
 */
__noinline int filter(const struct unraced_control *shared, __u32 filters)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 bit = generation_bit(filters);

	if (!shared)
		return UNRACED_SELF;
	if ((filters & UNRACED_FILTER_SELF) && tgid == shared->self_tgid)
		return UNRACED_SELF;
	if ((filters & UNRACED_FILTER_TGIDS) && !(generations_of(bpf_map_lookup_elem(&tgids, &tgid)) & bit))
		return UNRACED_OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		__u32 uid = bpf_get_current_uid_gid();

		if (!(generations_of(bpf_map_lookup_elem(&uids, &uid)) & bit))
			return UNRACED_OTHER_UID;
	}
	if ((filters & UNRACED_FILTER_CGROUPS) && !(generations_of_cgroup() & bit))
		return UNRACED_OTHER_CGROUP;
	if (filters & UNRACED_FILTER_MOUNT_NS) {
		__u32 mount_ns = mount_namespace(bpf_get_current_task_btf());

		if (!(generations_of(bpf_map_lookup_elem(&mount_namespaces, &mount_ns)) & bit))
			return UNRACED_OTHER_MOUNT_NS;
	}
	if ((filters & UNRACED_FILTER_EXECUTABLES) && !(generations_of_executable(bpf_get_current_task_btf()) & bit))
		return UNRACED_OTHER_EXECUTABLE;
	return UNRACED_PASS;
}

/* These filters go by the caller, who may be anyone but the capturing process. */
#define FILTERS_BY_CALLER                                                                     \
	(UNRACED_FILTER_TGIDS | UNRACED_FILTER_UIDS | UNRACED_FILTER_CGROUPS | UNRACED_FILTER_MOUNT_NS | \
	 UNRACED_FILTER_EXECUTABLES)

/* Filters by the caller, inline when only the capturing process may be filtered. */
static __always_inline int filter_caller(const struct unraced_control *shared, struct task_struct *task, __u32 filters)
{
	if (filters & FILTERS_BY_CALLER)
		return filter(shared, filters);
	return (filters & UNRACED_FILTER_SELF) && (__u32)task->tgid == shared->self_tgid ? UNRACED_SELF : UNRACED_PASS;
}

/* Returns the generations that let a call's path through. This look-up overwrites the filters of the call's entry. */
static __always_inline __u32 generations_of_path(const struct call *call)
{
	__u32 *key = (__u32 *)&call->start_bits;
	__u32 length = call->length;

	*key = 8 * (length < INLINE_BYTES ? length : INLINE_BYTES);
	return generations_of(bpf_map_lookup_elem(&paths, key));
}

/* An unreadable path passes, since it could be one of the wanted paths. */
static __always_inline bool path_passes(const struct call *call, __u32 filters)
{
	return !unraced_path_is_filtered(filters, call->syscall, call->provenance) ||
	       (generations_of_path(call) & generation_bit(filters));
}

/*
 * Returns whether the maps still have the filters of a call's entry. When they have not, a path that could not be
 * judged at the entry passes, as an unreadable one does.
 */
static __always_inline bool are_known(const struct unraced_control *shared, __u32 filters)
{
	__u32 generation = filters >> UNRACED_FILTER_GENERATION_SHIFT;

	return *(const volatile __u32 *)&shared->generations[generation % UNRACED_FILTER_GENERATIONS] == filters;
}

/* Filters by what is known when the call returns, path and result, as the filters of the call's entry do. */
static __always_inline enum unraced_verdict filter_return(const struct unraced_control *shared, const struct call *call,
						  long result)
{
	__u32 filters = call->filters;
	bool unwanted;

	if (!(filters & UNRACED_FILTERS_AT_RETURN))
		return UNRACED_PASS;
	/*
	 * The asm makes the verifier forget the result, or it would explore failures and successes separately from here
	 * on.
	 */
	asm volatile("%0 ^= 0" : "+r"(result));
	unwanted = unraced_result_is_filtered(filters, call->syscall, call->record_flags, result);
	if (!path_passes(call, filters) && are_known(shared, filters))
		return UNRACED_OTHER_PATH;
	return unwanted ? UNRACED_OTHER_RESULT : UNRACED_PASS;
}

#endif
