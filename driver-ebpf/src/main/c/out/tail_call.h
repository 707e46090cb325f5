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
#include "object/socket_acts.h"
#include "out/connect_record.h"
#include "out/open_record.h"
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

/* Returns whether the call that another program left in tail_context becomes an event. */
static __always_inline bool becomes_event_here(struct tail_context *from)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct call *call = &from->request.call.call;

	from->bytes = (__u64)call->bytes;
	return shared && stats && becomes_event(stats, shared, from, call);
}

TAIL_PROGRAM
int finish_opens(void *ctx)
{
	struct tail_context *from = SCRATCH(tail_context);

	if (from && becomes_event_here(from))
		emit_open(&from->request.call.call);
	return 0;
}

TAIL_PROGRAM
int finish_connect(void *ctx)
{
	struct tail_context *from = SCRATCH(tail_context);

	if (!from)
		return 0;
	if (becomes_event_here(from))
		emit_connect(&from->request.call.call);
	request_connect_ends(from->request_file);
	acts_end_request(&from->request.call.call);
	return 0;
}

#endif
