// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <linux/sched.h>

#include "call/entry.h"
#include "object/descriptor.h"
#include "syscall/base.h"
#include "syscall/execution.h"

struct noted_base {
	u64 enter_ns;
	u32 count;
	u32 reserved;
};

bool unraced_base_init(struct unraced_capture *capture)
{
	capture->bases = unraced_capture_new_table(capture->config.stash_entries, sizeof(struct noted_base), false);
	return capture->bases;
}

void unraced_base_note(struct unraced_capture *capture)
{
	struct noted_base noted = { .enter_ns = ktime_get_boottime_ns(), .count = unraced_base_count() };

	unraced_stash_put(capture->bases, current->pid, current->start_boottime, 0, &noted, sizeof(noted));
}

void unraced_base_take(struct unraced_capture *capture, u8 trace, struct unraced_call *call)
{
	struct noted_base noted;

	call->base_held = !(trace & UNRACED_TRACE_BASE_SHARED);
	if (call->base_held || unraced_stash_take(capture->bases, current->pid, current->start_boottime, 0, &noted,
						  sizeof(noted)) < 0)
		return;
	call->base_count = noted.count;
	call->base_ns = noted.enter_ns;
}
