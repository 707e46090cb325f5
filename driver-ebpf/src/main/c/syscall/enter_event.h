/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file sends a record of a call's entry, besides the merged record, when enter events are configured (R12.5). */
#ifndef UNRACED_SYSCALL_ENTER_EVENT_H
#define UNRACED_SYSCALL_ENTER_EVENT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "out/limit.h"
#include "out/record.h"

/* Returns whether entries are events, which can change while the programs run (R12.6). */
static __always_inline bool wants_enter_events(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->enter_events;
}

/* Returns whether reading memory behind a pointer argument failed. */
static __always_inline bool has_faulted(const struct call *call)
{
	if (call->provenance == UNRACED_PROVENANCE_NONE && (call->syscall != UNRACED_CONNECT || call->addrlen >= 0))
		return 1;
	return call->how_provenance == UNRACED_PROVENANCE_NONE;
}

__noinline int emit_enter(struct call *call)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct builder *builder = SCRATCH(record_scratch);
	struct tail_context *context = SCRATCH(tail_context);
	struct unraced_record *record;
	struct unraced_slice *argument;

	if (!call || !shared || !stats || !builder || !context)
		return 0;
	stats->entered++;
	if (count_lost_if_limited(stats, shared, 0))
		return 0;
	record = &builder->record;
	__builtin_memset(record, 0, sizeof(*record));
	builder->end = 0;
	record->version = UNRACED_RECORD_VERSION;
	record->type = UNRACED_RECORD_ENTER;
	record->mitigation = call->mitigation;
	record->syscall = call->syscall;
	record->abi = call->abi;
	record->flags = call->record_flags & UNRACED_TRUNCATED;
	if (has_faulted(call))
		record->flags |= UNRACED_FAULTED;
	record->enter_ns = call->enter_ns;
	identify(&context->request.by, bpf_get_current_task_btf());
	describe_caller(record, &context->request.by);
	argument = call->syscall == UNRACED_CONNECT ? put_connect(record, call) : put_open(record, call);
	append_argument(builder, argument, call, call->bytes);
	send(stats, shared, builder);
	return 0;
}

#endif
