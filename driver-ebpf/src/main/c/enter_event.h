/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* On request, a record of the entry of a call, beside the merged one. */
#ifndef UNRACED_ENTER_EVENT_H
#define UNRACED_ENTER_EVENT_H

static __always_inline bool wants_enter_events(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->enter_events;
}

/* Whether something that a pointer leads to was tried in vain. */
static __always_inline bool has_faulted(const struct call *call)
{
	if (call->provenance == UNRACED_PROVENANCE_NONE && (call->syscall != UNRACED_CONNECT || call->addrlen >= 0))
		return 1;
	return call->how_provenance == UNRACED_PROVENANCE_NONE;
}

__noinline int emit_enter(struct call *call)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct draft *draft = SCRATCH(record_scratch);
	struct unfinished *area = SCRATCH(unfinished);
	struct unraced_record *record;

	if (!call || !shared || !row || !draft || !area)
		return 0;
	row->entered++;
	if (is_limited(row, shared, 0))
		return 0;
	record = &draft->record;
	__builtin_memset(record, 0, sizeof(*record));
	draft->end = 0;
	record->version = UNRACED_RECORD_VERSION;
	record->type = UNRACED_RECORD_ENTER;
	record->mitigation = call->mitigation;
	record->syscall = call->syscall;
	record->flags = call->record_flags & UNRACED_TRUNCATED;
	if (has_faulted(call))
		record->flags |= UNRACED_FAULTED;
	record->enter_ns = call->enter_ns;
	identify(&area->request.by, bpf_get_current_task_btf());
	describe_caller(record, &area->request.by);
	describe_arguments(draft, call->syscall == UNRACED_CONNECT, call, call->bytes);
	send(row, shared, draft);
	return 0;
}

#endif
