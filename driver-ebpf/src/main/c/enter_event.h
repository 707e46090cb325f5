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

static __always_inline void emit_enter(struct unraced_counters *row, struct unraced_control *shared,
				       struct task_struct *task, __u8 syscall, const struct call *call)
{
	struct draft draft = { .scratch = SCRATCH(record_scratch) };
	struct unraced_record *record;

	if (!draft.scratch)
		return;
	record = &draft.scratch->record;
	__builtin_memset(record, 0, sizeof(*record));
	record->version = UNRACED_RECORD_VERSION;
	record->type = UNRACED_RECORD_ENTER;
	record->mitigation = call->mitigation;
	record->syscall = syscall;
	record->flags = call->record_flags & UNRACED_TRUNCATED;
	if (has_faulted(call))
		record->flags |= UNRACED_FAULTED;
	record->enter_ns = call->enter_ns;
	describe_caller(record, task);
	describe_arguments(&draft, syscall, call, call->bytes);
	row->entered++;
	send(row, shared, &draft);
}

#endif
