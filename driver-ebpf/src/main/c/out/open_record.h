/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file makes the record of a returning open, with the file that it reached. */
#ifndef UNRACED_OUT_OPEN_RECORD_H
#define UNRACED_OUT_OPEN_RECORD_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/evidence.h"
#include "unraced/object.h"
#include "unraced/record.h"
#include "kernelcopy/maps.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/descriptor.h"
#include "object/integrity.h"
#include "object/resolved.h"
#include "out/record.h"
#include "path/base.h"
#include "path/fast_path.h"
#include "path/walk.h"

static __always_inline void describe_opened(struct builder *builder, struct walk *walk, struct file *file,
					    const struct call *call, struct tail_context *from, bool judge)
{
	struct unraced_record *record = &builder->record;

	judge = judge && !base_is_unknown(call, is_absolute(builder), bpf_get_current_task_btf(), record->exit_ns);
	unraced_describe_inode(record, file);
	walk_begin(walk, file, record->mount_ns, !judge ? 0 : is_absolute(builder) ? &call->root : &call->start);
	if (from->is_request)
		walk->event_ns_id = from->request.by.mount_ns_id;
	if (is_absolute(builder)) {
		int match;

		from->opened_file = (__u64)file;
		match = match_fast_path();
		if (match == PROVEN)
			record->integrity = UNRACED_INTEGRITY_MATCH;
		/* Without the proof, the whole walk judges the path. */
		if (match == PROVEN || (match == NAMED && !judge))
			return;
	}
	describe_path(builder, walk);
	if (judge)
		record->integrity = judge_path(builder, walk, file);
}

/*
 * Describes the file that the descriptor leads to, and judges the path by it. 0 is a descriptor like any other (R1.2);
 * a call that failed has no file (R2.19).
 */
static __always_inline void describe_descriptor(struct builder *builder, struct walk *walk, const struct call *call,
						struct tail_context *from, struct task_struct *task, bool judge)
{
	struct unraced_record *record = &builder->record;
	struct file *file;

	if (from->result < 0)
		return;
	if (!call->direct_descriptor) {
		file = file_of(task, from->result, &record->flags);
		if (file && !unraced_is_replaced(record, file, call->flags))
			describe_opened(builder, walk, file, call, from, judge);
	}
	if (!(record->flags & UNRACED_HAS_FILE))
		record->flags |= UNRACED_OBJECT_MISSED;
}

/* Describes the file, and judges the path by it or by a change in memory. */
static __always_inline void judge_opened(struct builder *builder, const struct call *call, struct tail_context *from,
					 struct task_struct *task)
{
	struct unraced_record *record = &builder->record;
	struct walk *walk = SCRATCH(walk_scratch);
	struct resolved *resolved;
	bool judge;

	if (!walk)
		return;
	judge = needs_proof(record, call);
	/* A request has no captured object; its result leads to the file. */
	resolved = from->is_request ? 0 : resolved_of(call, task->pid, from->result);
	if (resolved) {
		if (from->result >= 0)
			use_resolved_file(builder, resolved);
		return;
	}
	/* The submitter may reuse the argument's memory before the request ends. */
	if (judge && !from->is_request)
		look_for_changed_path(builder, call);
	if (record->integrity == UNRACED_INTEGRITY_CHANGED)
		judge = 0;
	describe_descriptor(builder, walk, call, from, task, judge);
	if (judge && record->integrity == UNRACED_INTEGRITY_MATCH &&
	    unraced_descriptor_proves_nothing(record->flags, call->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}

/* Makes the event of an open. */
__noinline int emit_open(struct call *call)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct tail_context *from = SCRATCH(tail_context);
	struct builder *builder = SCRATCH(record_scratch);
	struct task_struct *task = bpf_get_current_task_btf();

	if (!call || !shared || !stats || !from || !builder)
		return 0;
	begin_record(builder, call, from, task);
	append_argument(builder, put_open(&builder->record, call), call, (const void *)from->bytes);
	if (!(builder->record.flags & UNRACED_NOT_EXECUTED))
		judge_opened(builder, call, from, task);
	finish_record(stats, shared, builder, call, from, task);
	return 0;
}

#endif
