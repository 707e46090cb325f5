// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints that every call passes. Each capture has its own probes on them. */
#include <linux/timekeeping.h>

#include "lib/attach.h"
#include "syscall/enter.h"
#include "syscall/execution.h"
#include "syscall/exit.h"
#include "syscall/hook.h"

enum point { ENTER, EXIT, THREAD_EXIT, POINTS };

static const char *const names[POINTS] = { "sys_enter", "sys_exit", "sched_process_exit" };
static struct tracepoint *points[POINTS];

static void *const handlers[POINTS] = { unraced_on_enter, unraced_on_exit, unraced_on_thread_exit };

int unraced_probes_find(void)
{
	int i;

	for (i = 0; i < POINTS; i++) {
		points[i] = unraced_tracepoint(names[i]);
		if (!points[i]) {
			pr_err("this kernel has no tracepoint %s\n", names[i]);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

static void stop_from(struct unraced_capture *capture, int first)
{
	int i;

	for (i = first; i < POINTS; i++)
		tracepoint_probe_unregister(points[i], handlers[i], capture);
	tracepoint_synchronize_unregister();
}

/* Starts with the returns: a call that enters in between has a return without an entry, not the reverse. */
int unraced_probes_start(struct unraced_capture *capture)
{
	int i;

	for (i = POINTS - 1; i >= 0; i--) {
		int error = tracepoint_probe_register(points[i], handlers[i], capture);

		if (error) {
			stop_from(capture, i + 1);
			return error;
		}
	}
	/* From here on, each CPU calls the probes for every entry and return that begins. */
	tracepoint_synchronize_unregister();
	unraced_trace_arm(capture, ktime_get_boottime_ns());
	return 0;
}

void unraced_probes_stop(struct unraced_capture *capture)
{
	stop_from(capture, 0);
}
