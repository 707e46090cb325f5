// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "filter/generations.h"
#include "filter/prefix.h"
#include "lib/shim.h"

static bool lists_make_sense(const struct unraced_lists *lists)
{
	return !(lists->filters & ~UNRACED_FILTERS) && lists->tgid_count <= UNRACED_FILTER_MAX &&
	       lists->uid_count <= UNRACED_FILTER_MAX && lists->cgroup_count <= UNRACED_FILTER_MAX &&
	       lists->mount_ns_count <= UNRACED_FILTER_MAX && lists->executable_count <= UNRACED_FILTER_MAX &&
	       lists->path_count <= UNRACED_FILTER_MAX && !lists->reserved;
}

static int copy_list(void *to, u64 user, u32 count, size_t size)
{
	void *list;

	if (!count)
		return 0;
	list = vmemdup_user((const void __user *)(unsigned long)user, count * size);
	if (IS_ERR(list))
		return PTR_ERR(list);
	*(void **)to = list;
	return 0;
}

static int copy_lists(struct unraced_filters *filters)
{
	const struct unraced_lists *lists = &filters->lists;
	int error = copy_list(&filters->tgids, lists->tgids, lists->tgid_count, sizeof(u32));

	if (!error)
		error = copy_list(&filters->uids, lists->uids, lists->uid_count, sizeof(u32));
	if (!error)
		error = copy_list(&filters->cgroups, lists->cgroups, lists->cgroup_count, sizeof(u64));
	if (!error)
		error = copy_list(&filters->mount_namespaces, lists->mount_namespaces, lists->mount_ns_count,
				  sizeof(u32));
	if (!error)
		error = copy_list(&filters->executables, lists->executables, lists->executable_count,
				  sizeof(struct unraced_executable));
	if (!error)
		error = copy_list(&filters->paths, lists->paths, lists->path_count, sizeof(struct unraced_prefix));
	if (!error && !unraced_prefixes_make_sense(filters->paths, lists->path_count))
		error = -EINVAL;
	return error;
}

static void free_one(struct unraced_filters *filters)
{
	kvfree(filters->tgids);
	kvfree(filters->uids);
	kvfree(filters->cgroups);
	kvfree(filters->mount_namespaces);
	kvfree(filters->executables);
	kvfree(filters->paths);
	kfree(filters);
}

static struct unraced_filters *new_filters(const struct unraced_lists *lists, u32 generation)
{
	struct unraced_filters *filters;
	int error;

	if (!lists_make_sense(lists))
		return ERR_PTR(-EINVAL);
	filters = kzalloc(sizeof(*filters), GFP_KERNEL_ACCOUNT);
	if (!filters)
		return ERR_PTR(-ENOMEM);
	filters->lists = *lists;
	filters->word = lists->filters | generation << UNRACED_FILTER_GENERATION_SHIFT;
	error = copy_lists(filters);
	if (error) {
		free_one(filters);
		return ERR_PTR(error);
	}
	return filters;
}

/* Returns what only the holder of the capture's lock changes. */
static struct unraced_filters *held(struct unraced_filters __rcu *filters)
{
	return rcu_dereference_protected(filters, true);
}

int unraced_filters_begin(struct unraced_capture *capture, const struct unraced_lists *lists)
{
	struct unraced_filters *filters = new_filters(lists, 0);

	if (IS_ERR(filters))
		return PTR_ERR(filters);
	rcu_assign_pointer(capture->filters, filters);
	return 0;
}

/* Forgets the oldest generation when there are more than are kept, and waits until no probe reads it. */
static void forget_oldest(struct unraced_capture *capture)
{
	struct unraced_filters *last = held(capture->filters), *forgotten;
	int kept;

	for (kept = 1; kept < UNRACED_FILTER_GENERATIONS && last; kept++)
		last = held(last->before);
	forgotten = last ? held(last->before) : NULL;
	if (forgotten)
		RCU_INIT_POINTER(last->before, NULL);
	/* A change waits also where nothing is forgotten, so that several changes take longer than a short call. */
	synchronize_rcu();
	if (forgotten)
		free_one(forgotten);
}

int unraced_filters_change(struct unraced_capture *capture, const struct unraced_lists *lists)
{
	struct unraced_filters *before = held(capture->filters);
	struct unraced_filters *filters =
		new_filters(lists, (before->word >> UNRACED_FILTER_GENERATION_SHIFT) + 1);

	if (IS_ERR(filters))
		return PTR_ERR(filters);
	if (!capture->entered_under) {
		/* Calls that are under way entered under generation 0, which is what the new bytes say. */
		u8 *bytes = unraced_memory_allocate(UNRACED_TRACE_BYTES);

		if (!bytes) {
			free_one(filters);
			return -ENOMEM;
		}
		smp_store_release(&capture->entered_under, bytes);
		capture->config.stash_bytes += UNRACED_TRACE_BYTES;
	}
	filters->entered_under = capture->entered_under;
	filters->since_ns = U64_MAX;
	RCU_INIT_POINTER(filters->before, before);
	rcu_assign_pointer(capture->filters, filters);
	/* A thread that begins after the time below must find the new filters. */
	smp_mb();
	WRITE_ONCE(filters->since_ns, ktime_get_boottime_ns());
	forget_oldest(capture);
	return 0;
}

void unraced_filters_free(struct unraced_capture *capture)
{
	struct unraced_filters *filters = held(capture->filters);

	RCU_INIT_POINTER(capture->filters, NULL);
	while (filters) {
		struct unraced_filters *before = held(filters->before);

		free_one(filters);
		filters = before;
	}
	unraced_memory_free(capture->entered_under);
	capture->entered_under = NULL;
}

const struct unraced_filters *unraced_filters_of_entry(const struct unraced_capture *capture)
{
	const struct unraced_filters *now = unraced_filters_now(capture), *filters;
	u8 entered;

	if (likely(!now->entered_under))
		return now;
	entered = READ_ONCE(now->entered_under[unraced_place_of(current)]);
	for (filters = now; filters; filters = rcu_dereference_sched(filters->before))
		if (unraced_generation_byte(filters) == entered)
			return filters;
	return now;
}

const struct unraced_filters *unraced_filters_of_word(const struct unraced_capture *capture, u32 word)
{
	const struct unraced_filters *filters = unraced_filters_now(capture);

	while (filters && filters->word != word)
		filters = rcu_dereference_sched(filters->before);
	return filters;
}
