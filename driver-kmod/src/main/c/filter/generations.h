/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filters of a capture change while calls are under way, and a call is judged by those under which it entered
 * (R12.8, R12.9). Filters never change themselves: a change puts others into force by one store, and each generation
 * refers to the one before. A call keeps the word of its filters in the stash. A call that its filters leave out, and
 * each call under mode off, has no entry there; for these, a byte for each thread id has the generation of the thread's
 * last entry. The array is allocated at the first change of filters.
 *
 * Readers of filters disable preemption.
 */
#ifndef UNRACED_FILTER_GENERATIONS_H
#define UNRACED_FILTER_GENERATIONS_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "lib/capture.h"
#include "unraced/filter.h"

struct unraced_filters {
	struct unraced_filters __rcu *before; /* null when there were none, or they are forgotten */
	u64 since_ns; /* a thread that began later has never seen those before */
	u32 word;     /* the filters that are on, and from UNRACED_FILTER_GENERATION_SHIFT on their generation */
	u8 *entered_under; /* null when the filters have never changed */
	struct unraced_lists lists; /* its user addresses are not used any more */
	u32 *tgids;
	u32 *uids;
	u64 *cgroups;
	u32 *mount_namespaces;
	struct unraced_executable *executables;
	struct unraced_prefix *paths;
};

/* Sets the capture's first filters. */
int unraced_filters_begin(struct unraced_capture *capture, const struct unraced_lists *lists);
/* Puts other filters into force. After an error, nothing has changed. */
int unraced_filters_change(struct unraced_capture *capture, const struct unraced_lists *lists);
/* Frees all filters. No probe reads them any more. */
void unraced_filters_free(struct unraced_capture *capture);

/* Returns the filters in force. */
static inline const struct unraced_filters *unraced_filters_now(const struct unraced_capture *capture)
{
	return rcu_dereference_sched(capture->filters);
}

static inline u8 unraced_generation_byte(const struct unraced_filters *filters)
{
	return filters->word >> UNRACED_FILTER_GENERATION_SHIFT;
}

/* Returns the filters in force, and notes them for the current thread's call, which enters. */
static inline const struct unraced_filters *unraced_filters_enter(const struct unraced_capture *capture)
{
	const struct unraced_filters *filters = unraced_filters_now(capture);

	if (unlikely(filters->entered_under))
		WRITE_ONCE(filters->entered_under[unraced_place_of(current)], unraced_generation_byte(filters));
	return filters;
}

/*
 * Returns the filters under which the current thread's call entered, whose entry the capture saw. Where they are
 * forgotten, it returns those in force.
 */
const struct unraced_filters *unraced_filters_of_entry(const struct unraced_capture *capture);
/* Returns the filters with a word, or null if they are forgotten. */
const struct unraced_filters *unraced_filters_of_word(const struct unraced_capture *capture, u32 word);

#endif
