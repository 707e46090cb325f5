// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

#include "call/entry.h"
#include "lib/attach.h"
#include "lib/capture.h"
#include "process/alive.h"
#include "process/attempts.h"
#include "process/events.h"
#include "process/hook.h"
#include "process/scratch.h"

/* The ended processes that are remembered, until their last threads are gone. */
#define ENDED 4096

/* Ends come before beginnings: a process that ends while the handlers attach was not forked yet for the reader. */
static struct unraced_tracepoint process_points[] = {
	{ { "sched_process_exit" }, unraced_on_process_exit },
	{ { "sched_process_exec" }, unraced_on_process_exec },
	{ { "sched_process_fork" }, unraced_on_process_fork },
};
static bool has_processes;

static int find_processes(void)
{
	has_processes = !unraced_tracepoints_find(process_points, ARRAY_SIZE(process_points));
	return 0;
}

static u32 process_features(void)
{
	return has_processes ? UNRACED_FEATURE_PROCESSES : 0;
}

static int start_processes(struct unraced_capture *capture)
{
	int error;

	if (!capture->config.process_events)
		return 0;
	if (!has_processes)
		return -EOPNOTSUPP;
	raw_spin_lock_init(&capture->alive_lock);
	capture->processes = unraced_memory_allocate(nr_cpu_ids * sizeof(*capture->processes));
	capture->ended = unraced_capture_new_table(ENDED, sizeof(u64), true);
	if (!capture->processes || !capture->ended || !unraced_attempts_init(capture))
		return -ENOMEM;
	error = unraced_tracepoints_attach(process_points, ARRAY_SIZE(process_points), capture,
					   &capture->process_points);
	if (error)
		return error;
	/* From here on, each CPU calls the handlers for every fork, exec and end that comes to its tracepoint. */
	tracepoint_synchronize_unregister();
	unraced_tell_alive(capture);
	return 0;
}

static void stop_processes(struct unraced_capture *capture)
{
	if (capture->process_points)
		unraced_tracepoints_detach(process_points, capture, &capture->process_points);
}

const struct unraced_hook unraced_process_hook = {
	.find = find_processes,
	.features = process_features,
	.start = start_processes,
	.stop = stop_processes,
};
