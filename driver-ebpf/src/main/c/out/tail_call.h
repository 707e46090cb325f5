/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file finishes events that do not come from native system calls. It takes the kernel long to verify, so one pair
 * of programs serves all these events. They are entered by tail calls, which only programs of the same type can make.
 */
#ifndef UNRACED_OUT_TAIL_CALL_H
#define UNRACED_OUT_TAIL_CALL_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "out/record.h"

static __always_inline bool is_watched(const struct unraced_control *shared, __u8 syscall)
{
	return unraced_is_among(shared->syscalls, syscall);
}

/* The tail call returns only when the program is missing. */
static __always_inline void finish(void *ctx, struct unraced_counters *stats, __u8 syscall)
{
	bpf_tail_call(ctx, &finishers, syscall == UNRACED_CONNECT ? FINISH_CONNECT : FINISH_OPENS);
	stats->unfinished++;
}

static __always_inline int on_finish(bool is_connect)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct tail_context *from = SCRATCH(tail_context);
	struct call *call;

	if (!shared || !stats || !from)
		return 0;
	call = &from->request.call.call;
	from->bytes = (__u64)call->bytes;
	finish_call(stats, shared, from, call, is_connect);
	if (is_connect)
		request_connect_ends(from->file);
	return 0;
}

TAIL_PROGRAM
int finish_opens(void *ctx)
{
	return on_finish(0);
}

TAIL_PROGRAM
int finish_connect(void *ctx)
{
	return on_finish(1);
}

#endif
