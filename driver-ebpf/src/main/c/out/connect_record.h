/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file makes the record of a returning connect, with the socket that it reached. */
#ifndef UNRACED_OUT_CONNECT_RECORD_H
#define UNRACED_OUT_CONNECT_RECORD_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/address.h"
#include "unraced/evidence.h"
#include "unraced/object.h"
#include "unraced/record.h"
#include "unraced/result.h"
#include "kernelcopy/maps.h"
#include "lib/control.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "object/integrity.h"
#include "object/resolved.h"
#include "out/record.h"

/*
 * Tells whether a connect through socketcall(2), whose descriptor lies in memory, acted on this socket. It did if no
 * other connect of the socket overlapped, and it has another peer now. A socket that lost its peer, without a connect
 * or by one, proves nothing (R2.45).
 */
static __always_inline bool is_indirect_socket(const struct unraced_record *record, const struct call *call,
					       struct sock *sk, bool alone)
{
	return alone && !(record->flags & UNRACED_FD_TABLE_SHARED) && record->connect.remote.length &&
	       peer_of(sk) != call->connecting.peer;
}

/*
 * Returns what a request's own TCP attempts count. A connect that found one under way or a connection made none, nor
 * does one that disconnects.
 */
static __always_inline __u32 own_attempts(const struct builder *builder, const struct call *call,
					  const struct tail_context *from)
{
	if (!from->is_request || call->heed != UNRACED_HEEDS_IF_ALONE || from->result == -EALREADY ||
	    from->result == -EISCONN || builder->record.connect.address.length < sizeof(__u16) ||
	    *(const __u16 *)builder->tail == UNRACED_AF_UNSPEC)
		return 0;
	return OWN_ATTEMPT;
}

/*
 * Tells whether the address is the kernel's own copy, which the peer of a call that succeeded can still contradict. The
 * copy of a request is a match without mitigation, too.
 */
static __always_inline bool is_copied(const struct unraced_record *record, long result)
{
	return record->integrity == UNRACED_INTEGRITY_MATCH && record->provenance == UNRACED_PROVENANCE_KERNEL &&
	       unraced_chose_peer(result);
}

/* Judges the kernel's copy of the address of a described socket. The kernel verifies this function once. */
__noinline int judge_copy(__u32 by_peer, __u32 alone, __u32 heed)
{
	struct builder *builder = SCRATCH(record_scratch);
	struct tail_context *from = SCRATCH(tail_context);
	struct unraced_record *record;

	if (!builder || !from)
		return UNRACED_INTEGRITY_UNCHECKED;
	record = &builder->record;
	return unraced_judge_copied_address(record->integrity, by_peer, &record->connect, builder->tail, alone, heed,
					    from->result);
}

/*
 * Describes the socket that a connect acted on, and judges whether the address names its peer. "references" are those
 * that the file has without another holder.
 */
static __always_inline void describe_connected(struct builder *builder, struct file *file, const struct call *call,
					       const struct tail_context *from, bool judge, __s64 references)
{
	struct unraced_record *record = &builder->record;
	struct sock *sk = sock_of(file);
	__u8 verdict = UNRACED_INTEGRITY_UNCHECKED, heed = call->heed;
	bool alone, is_own;

	if (!sk)
		return;
	/* The descriptor led to another socket at the entry, of which the state is known. */
	if (call->connecting.sock && !is_socket_of_entry(call, file, sk))
		heed = UNRACED_HEED_OF_ANOTHER;
	describe_socket(builder, file);
	if (judge || is_copied(record, from->result))
		verdict = judge_address(call->connecting.device);
	/* This check follows all reads: a later connect of the socket does not change what was read. */
	alone = !(record->flags & UNRACED_SOCKET_SHARED) &&
		!(from->is_request && unraced_is_seen_late(&record->connect, sk, from->followed)) &&
		!unraced_peer_is_doubtful(&record->connect, builder->tail, sk, from->result) &&
		call->connecting.sock == (__u64)sk && !is_held_by_more(file, references) &&
		!connect_was_overlapped(call, from->is_request, record->connect.family,
					own_attempts(builder, call, from));
	if (!alone)
		record->flags |= UNRACED_SOCKET_SHARED;
	if (judge)
		record->integrity = verdict;
	else
		record->integrity = judge_copy(verdict, alone, heed);
	is_own = !call->indirect || is_indirect_socket(record, call, sk, alone);
	if (record->integrity == UNRACED_INTEGRITY_MATCH && judge &&
	    (!alone || !is_own || !unraced_chose_peer(from->result)))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
	if (call->indirect && is_own && record->integrity == UNRACED_INTEGRITY_MATCH)
		record->how_integrity = UNRACED_INTEGRITY_MATCH;
	if (!is_own) {
		record->flags &= ~(UNRACED_HAS_SOCKET | UNRACED_SOCKET_SHARED);
		record->connect.local = (struct unraced_slice){};
		record->connect.remote = (struct unraced_slice){};
		record->connect.family = 0;
		record->connect.type = 0;
		record->connect.protocol = 0;
	}
}

/*
 * Judges the kernel's copy of the address of a connect whose socket is not described, as it reached no peer, or another
 * task has replaced the descriptor. The socket of a request is that of its file; the descriptor may have led to another
 * one at the submission. No attempt is overlooked: the one that counted may be that of a send on a ring, whose error
 * the request fetched. A thread that shares the descriptors counts its connect before it holds the file, and once more
 * after it let go of it, so neither the counts nor the holders rule it out. The kernel verifies this function once.
 */
__noinline int judge_undescribed(struct call *call)
{
	struct builder *builder = SCRATCH(record_scratch);
	struct tail_context *from = SCRATCH(tail_context);
	struct unraced_connect socket = {};
	struct unraced_record *record;
	__s64 references = 1;
	__u32 shared = 0;
	struct file *file;
	struct sock *sk;
	__u8 heed;
	bool alone;

	if (!call || !builder || !from)
		return 0;
	record = &builder->record;
	socket.family = call->connecting.family;
	socket.address = record->connect.address;
	heed = call->heed;
	file = file_of(bpf_get_current_task_btf(), call->fd, &shared);
	if (from->is_request) {
		references += (__u64)file == from->request_file && !call->direct_descriptor;
		file = (struct file *)from->request_file;
		sk = file ? sock_of(file) : 0;
		if (!sk || !is_socket_of_entry(call, file, sk))
			heed = heed_since_entry(call, file);
	}
	alone = !(record->flags & UNRACED_FD_TABLE_SHARED) && file && !is_held_by_more(file, references) &&
		!connect_was_overlapped(call, from->is_request, socket.family, 0);
	record->integrity = unraced_judge_copied_address(record->integrity, UNRACED_INTEGRITY_UNCHECKED, &socket,
							 builder->tail, alone, heed, from->result);
	return 0;
}

/* Describes the socket that the descriptor leads to, or that of the request, and judges the address by its peer. */
static __always_inline void describe_socket_of_call(struct builder *builder, const struct call *call,
						    const struct tail_context *from, struct task_struct *task,
						    bool judge)
{
	struct unraced_record *record = &builder->record;
	__s64 references = 1;
	__u32 shared = 0;
	struct file *file;

	if (!unraced_has_peer(from->result))
		return;
	file = file_of(task, call->fd, &shared);
	if (!from->is_request) {
		record->flags |= shared;
	} else {
		/* The request has a reference, and the descriptor one if no later request of the batch closed it. */
		references += (__u64)file == from->request_file && !call->direct_descriptor;
		file = (struct file *)from->request_file;
	}
	if (file)
		describe_connected(builder, file, call, from, judge, references);
	if (!(record->flags & UNRACED_HAS_SOCKET))
		record->flags |= UNRACED_OBJECT_MISSED;
}

/* Uses the socket that was captured inside the call, and judges the kernel's copy of the address by its peer. */
static __always_inline void judge_resolved_socket(struct builder *builder, const struct call *call, long result,
						  const struct resolved *resolved)
{
	struct unraced_record *record = &builder->record;
	__u8 verdict = UNRACED_INTEGRITY_UNCHECKED;

	use_resolved_socket(builder, resolved);
	if (connect_was_overlapped(call, 0, record->connect.family, 0) ||
	    unraced_has_lost_peer(&record->connect, builder->tail, result) ||
	    unraced_has_other_connects(&record->connect))
		record->flags |= UNRACED_SOCKET_SHARED;
	if (record->provenance != UNRACED_PROVENANCE_KERNEL)
		return;
	if (is_copied(record, result))
		verdict = judge_address(call->connecting.device);
	record->integrity =
		unraced_judge_copied_address(record->integrity, verdict, &record->connect, builder->tail,
					     !(record->flags & UNRACED_SOCKET_SHARED), call->heed, result);
}

/* Describes the socket, and judges the address by its peer or by a change in memory. */
static __always_inline void judge_connected(struct builder *builder, struct call *call, const struct tail_context *from,
					    struct task_struct *task)
{
	struct unraced_record *record = &builder->record;
	bool judge = needs_proof(record, call);
	struct resolved *resolved;

	/* A request has no captured object; its result leads to the file. */
	resolved = from->is_request ? 0 : resolved_of(call, task->pid, from->result);
	if (resolved) {
		if (unraced_has_peer(from->result))
			judge_resolved_socket(builder, call, from->result, resolved);
		return;
	}
	/* The submitter may reuse the argument's memory before the request ends. */
	if (judge && !from->is_request)
		look_for_changed_address(builder, call);
	if (record->integrity == UNRACED_INTEGRITY_CHANGED)
		judge = 0;
	describe_socket_of_call(builder, call, from, task, judge);
	if (record->provenance == UNRACED_PROVENANCE_KERNEL && !(record->flags & UNRACED_HAS_SOCKET))
		judge_undescribed(call);
	if (call->indirect == BLOCK_READ && record->how_integrity == UNRACED_INTEGRITY_UNCHECKED &&
	    record->how_provenance == UNRACED_PROVENANCE_ENTER && block_changed(call))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
	if (judge && record->integrity == UNRACED_INTEGRITY_MATCH &&
	    unraced_descriptor_proves_nothing(record->flags, call->enter_ns))
		record->integrity = UNRACED_INTEGRITY_UNCHECKED;
}

/* Makes the event of a connect. */
__noinline int emit_connect(struct call *call)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct tail_context *from = SCRATCH(tail_context);
	struct builder *builder = SCRATCH(record_scratch);
	struct task_struct *task = bpf_get_current_task_btf();

	if (!call || !shared || !stats || !from || !builder)
		return 0;
	begin_record(builder, call, from, task);
	append_argument(builder, put_connect(&builder->record, call), call, (const void *)from->bytes);
	if (!(builder->record.flags & UNRACED_NOT_EXECUTED))
		judge_connected(builder, call, from, task);
	finish_record(stats, shared, builder, call, from, task);
	return 0;
}

#endif
