// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "lib/attach.h"
#include "lib/capture.h"
#include "process/attempts.h"
#include "syscall/enter.h"
#include "syscall/execution.h"
#include "syscall/exit.h"
#include "syscall/function.h"
#include "syscall/hook.h"

/*
 * Returns come before entries: a call that enters in between has a return without an entry, not the reverse. The first
 * one is no tracepoint of calls, and is needed with functions, too.
 */
#define WITH_FUNCTIONS 1
/* The last ones are for process events alone. */
#define WITHOUT_EXECS 3
static struct unraced_tracepoint syscall_points[] = {
	{ { "sched_process_exit" }, unraced_on_thread_exit },
	{ { "sys_exit" }, unraced_on_exit },
	{ { "sys_enter" }, unraced_on_enter },
	{ { "sys_exit" }, unraced_on_exec_exit },
	{ { "sys_enter" }, unraced_on_exec_enter },
};

static int find_syscalls(void)
{
	const char *lacking = unraced_tracepoints_find(syscall_points, ARRAY_SIZE(syscall_points));

	if (!lacking) {
		unraced_functions_find();
		return 0;
	}
	pr_err("this kernel has no tracepoint %s\n", lacking);
	return -EOPNOTSUPP;
}

static u32 features_of_syscalls(void)
{
	return unraced_functions_found() ? UNRACED_FEATURE_FUNCTIONS : 0;
}

static int attach_tracepoints(struct unraced_capture *capture, u32 count)
{
	return unraced_tracepoints_attach(syscall_points, count, capture, &capture->syscall_points);
}

static int start_at_functions(struct unraced_capture *capture)
{
	int error = attach_tracepoints(capture, WITH_FUNCTIONS);

	return error ? error : unraced_functions_attach(capture);
}

static int start_at_tracepoints(struct unraced_capture *capture)
{
	u32 count = capture->config.process_events ? ARRAY_SIZE(syscall_points) : WITHOUT_EXECS;
	int error = attach_tracepoints(capture, count);

	if (error)
		return error;
	/* From here on, each CPU calls the handlers for every entry and return that begins. */
	tracepoint_synchronize_unregister();
	unraced_trace_arm(capture, ktime_get_boottime_ns());
	return 0;
}

static int start_syscalls(struct unraced_capture *capture)
{
	struct unraced_config *config = &capture->config;
	u32 chosen = config->hooks;
	int error = 0;

	if (chosen != UNRACED_HOOKS_TRACEPOINT)
		error = start_at_functions(capture);
	if (chosen == UNRACED_HOOKS_FUNCTION || (chosen == UNRACED_HOOKS_AUTO && !error)) {
		config->hooks = UNRACED_HOOKS_FUNCTION;
		config->hooks_error = 0;
		return error;
	}
	config->hooks = UNRACED_HOOKS_TRACEPOINT;
	config->hooks_error = -error;
	return start_at_tracepoints(capture);
}

static void stop_syscalls(struct unraced_capture *capture)
{
	unraced_functions_detach(capture);
	unraced_tracepoints_detach(syscall_points, capture, &capture->syscall_points);
}

const struct unraced_hook unraced_syscall_hook = {
	.find = find_syscalls,
	.features = features_of_syscalls,
	.start = start_syscalls,
	.stop = stop_syscalls,
	.leave = unraced_functions_leave,
};
