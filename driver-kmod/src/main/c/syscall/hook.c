// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "lib/attach.h"
#include "lib/capture.h"
#include "syscall/enter.h"
#include "syscall/execution.h"
#include "syscall/exit.h"
#include "syscall/hook.h"

/* Returns come before entries: a call that enters in between has a return without an entry, not the reverse. */
static struct unraced_tracepoint syscall_points[] = {
	{ { "sched_process_exit" }, unraced_on_thread_exit },
	{ { "sys_exit" }, unraced_on_exit },
	{ { "sys_enter" }, unraced_on_enter },
};

static int find_syscalls(void)
{
	const char *lacking = unraced_tracepoints_find(syscall_points, ARRAY_SIZE(syscall_points));

	if (!lacking)
		return 0;
	pr_err("this kernel has no tracepoint %s\n", lacking);
	return -EOPNOTSUPP;
}

static int start_syscalls(struct unraced_capture *capture)
{
	int error = unraced_tracepoints_attach(syscall_points, ARRAY_SIZE(syscall_points), capture,
					       &capture->syscall_points);

	if (error)
		return error;
	/* From here on, each CPU calls the handlers for every entry and return that begins. */
	tracepoint_synchronize_unregister();
	unraced_trace_arm(capture, ktime_get_boottime_ns());
	return 0;
}

static void stop_syscalls(struct unraced_capture *capture)
{
	unraced_tracepoints_detach(syscall_points, capture, &capture->syscall_points);
}

const struct unraced_hook unraced_syscall_hook = {
	.find = find_syscalls,
	.start = start_syscalls,
	.stop = stop_syscalls,
};
