/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file judges a call without an entry after the filters have changed: it may have entered under earlier ones,
 * which left it out (R12.8, R12.9). A thread is in one call at a time, so its entry is no older than its last such
 * return. The maps remember a few generations. A call that was under way for longer may become an event that has missed
 * its entry.
 */
#ifndef UNRACED_SYSCALL_FORMER_FILTERS_H
#define UNRACED_SYSCALL_FORMER_FILTERS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "syscall/filter.h"

/* The generations that have each filter, one bit each. */
struct former_filters {
	__u32 tgids;
	__u32 uids;
	__u32 cgroups;
	__u32 mount_ns;
	__u32 executables;
	__u32 paths;
};

static __always_inline bool have_changed(__u32 filters)
{
	return filters >> UNRACED_FILTER_GENERATION_SHIFT;
}

/* Returns whether a thread began after the filters changed, and so knows no others. */
static __always_inline bool is_younger_than_filters(const struct unraced_control *shared, __u64 thread_start)
{
	return thread_start > *(const volatile __u64 *)&shared->filtered_since;
}

/* Collects the earlier filters, from a generation on. The kernel verifies this function once for its callers. */
__noinline int collect_former(struct former_filters *to, const struct unraced_control *shared, __u32 filters,
			      __u32 first)
{
	__u32 generation = filters >> UNRACED_FILTER_GENERATION_SHIFT;

	if (!to || !shared)
		return 0;
	/* Java may be filling in the oldest place for the next change. */
	#pragma unroll
	for (__u32 age = 1; age < UNRACED_FILTER_GENERATIONS - 1; age++) {
		__u32 at = generation - age;
		__u32 word = *(const volatile __u32 *)&shared->generations[at % UNRACED_FILTER_GENERATIONS];
		__u32 bit = generation_bit(word);

		if (word == FILTERS_FORGOTTEN || word >> UNRACED_FILTER_GENERATION_SHIFT != at || at < first)
			continue;
		to->tgids |= word & UNRACED_FILTER_TGIDS ? bit : 0;
		to->uids |= word & UNRACED_FILTER_UIDS ? bit : 0;
		to->cgroups |= word & UNRACED_FILTER_CGROUPS ? bit : 0;
		to->mount_ns |= word & UNRACED_FILTER_MOUNT_NS ? bit : 0;
		to->executables |= word & UNRACED_FILTER_EXECUTABLES ? bit : 0;
		to->paths |= word & UNRACED_FILTER_PATHS ? bit : 0;
	}
	return 0;
}

/* Returns the earliest generation under which the call that this thread returns from can have entered. */
static __always_inline __u32 first_generation(const struct unraced_control *shared, struct task_struct *task,
					      __u32 filters)
{
	struct judged now = {
		.thread_start = task->start_boottime,
		.generation = filters >> UNRACED_FILTER_GENERATION_SHIFT,
	};
	struct judged *before;
	__u32 tid = task->pid, first = 0;

	if (is_younger_than_filters(shared, now.thread_start))
		return now.generation;
	before = bpf_map_lookup_elem(&judged_once, &tid);
	if (before && before->thread_start == now.thread_start)
		first = before->generation;
	if (first != now.generation)
		bpf_map_update_elem(&judged_once, &tid, &now, BPF_ANY);
	return first;
}

/* This bit beside the verdict says that the call may have entered under earlier filters. */
#define MAYBE_FORMER 256

/*
 * Judges the call in the scratch area, which has no entry, by the earlier filters under which it may have entered.
 * Returns an enum unraced_verdict, with or without MAYBE_FORMER.
 */
__noinline int filter_formerly(const struct unraced_control *shared, __u32 filters)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct long_call *scratch = SCRATCH(call_scratch);
	struct former_filters former = {};
	__u32 first, found = ~0u, key;

	if (!shared || !scratch)
		return UNRACED_PASS;
	if (unraced_path_is_filtered(UNRACED_FILTER_PATHS, scratch->call.syscall, scratch->call.provenance))
		found = generations_of_path(&scratch->call);
	/* The return counts a call that the filters in force leave out. */
	if ((filters & UNRACED_FILTER_PATHS) && !(found & generation_bit(filters)))
		return UNRACED_PASS;
	first = first_generation(shared, task, filters);
	if (first == filters >> UNRACED_FILTER_GENERATION_SHIFT)
		return UNRACED_PASS;
	collect_former(&former, shared, filters, first);
	key = task->tgid;
	if (former.tgids && (former.tgids & ~generations_of(bpf_map_lookup_elem(&tgids, &key))))
		return UNRACED_OTHER_TGID;
	key = bpf_get_current_uid_gid();
	if (former.uids && (former.uids & ~generations_of(bpf_map_lookup_elem(&uids, &key))))
		return UNRACED_OTHER_UID;
	if (former.cgroups && (former.cgroups & ~generations_of_cgroup()))
		return UNRACED_OTHER_CGROUP;
	key = mount_namespace(task);
	if (former.mount_ns && (former.mount_ns & ~generations_of(bpf_map_lookup_elem(&mount_namespaces, &key))))
		return UNRACED_OTHER_MOUNT_NS;
	if (former.executables && (former.executables & ~generations_of_executable(task)))
		return UNRACED_OTHER_EXECUTABLE;
	return former.paths & ~found ? UNRACED_OTHER_PATH : UNRACED_PASS | MAYBE_FORMER;
}

#endif
