/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file has the programs that see the end of an io_uring request and make its event. Another thread than the
 * submitter may execute a request, and a third may report its end.
 */
#ifndef UNRACED_IOURING_COMPLETE_H
#define UNRACED_IOURING_COMPLETE_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "unraced/ending.h"
#include "unraced/filter.h"
#include "unraced/record.h"
#include "unraced/request.h"
#include "iouring/batch.h"
#include "iouring/copied_arguments.h"
#include "iouring/handovers.h"
#include "iouring/pending.h"
#include "iouring/rings.h"
#include "iouring/submitter.h"
#include "iouring/trace.h"
#include "iouring/types.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "out/record.h"
#include "out/tail_call.h"
#include "syscall/arguments.h"
#include "syscall/filter.h"
#include "syscall/former_filters.h"

/*
 * How the submission of a request counts: IS_SKIPPED as lost, since the request asks for no completion, and IS_LOST as
 * one of those that count_unplaced() counts, too. IS_EITHER where its trace was replaced, which alone tells it. A
 * filter drops the last one, or its submitter is unknown.
 */
enum submission { NOT_COUNTED, IS_SKIPPED, IS_LOST, IS_PENDING, IS_EITHER, IS_DROPPED };

/*
 * Fills in a request without an entry as far as possible. If it has a trace, the filters let it through when it was
 * submitted. Returns an enum submission. The kernel verifies this function once for its callers.
 */
__noinline int request_unseen(const struct unraced_control *shared, struct long_request *to, __u64 address,
			      __u32 syscall, __u64 trace)
{
	struct io_kiocb *req = (void *)address;
	struct task_struct *task = submitter_of(req);
	struct unraced_counters *stats = own_stats();
	enum submission counted = NOT_COUNTED;
	enum unraced_verdict verdict;
	__u64 none[4] = {};
	__u32 filters;

	if (!shared || !to || !stats)
		return IS_DROPPED;
	if (!task) {
		stats->silent++;
		return IS_DROPPED;
	}
	identify_submitter(&to->by, task, req);
	if (trace) {
		filters = trace;
		counted = trace & TRACE_SKIPS ? IS_SKIPPED : trace & TRACE_SILENT ? IS_LOST : IS_PENDING;
	} else {
		filters = current_filters(shared);
		verdict = filter_submitter(shared, filters, task, &to->by);
		if (verdict != UNRACED_PASS) {
			unraced_count_filtered(&stats->filtered, verdict);
			return IS_DROPPED;
		}
		/* Only a request whose submission was seen has had a trace. */
		if (is_of_young_ring(req) && take_replaced(address))
			counted = IS_EITHER;
	}
	read_registers(&to->call.call, syscall, none);
	to->at = (struct progress){ .waits = 1 };
	to->call.call.connecting = (struct connecting){ .unknown_at = unknown_sockets(bpf_get_current_task_btf()) };
	to->call.call.enter_ns = 0;
	to->call.call.mitigation = current_mode(shared);
	to->call.call.filters = filters;
	to->call.call.length = 0;
	to->call.call.provenance = UNRACED_PROVENANCE_NONE;
	to->call.call.how_provenance = UNRACED_PROVENANCE_NONE;
	to->call.call.integrity = 0;
	/* The result of an open into the ring's own table is no descriptor. */
	if (syscall != UNRACED_CONNECT)
		to->call.call.direct_descriptor = KREAD((struct io_open *)command_of(req), file_slot) != 0;
	to->call.call.record_flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED;
	/* The programs saw the submission of a request whose entry was evicted since. */
	if (counted != NOT_COUNTED)
		to->call.call.record_flags |= UNRACED_EVICTED;
	return counted;
}

/* Returns false when the map replaced the entry meanwhile: the copy may then mix two requests. */
static __always_inline bool request_copy(struct long_request *to, const struct request *found, __u64 address)
{
	*(struct request *)to = *found;
	return bpf_map_lookup_elem(&requests, &address) == found && found->call.enter_ns == to->call.call.enter_ns;
}

/*
 * Claims the event of a request, and returns false when another program has claimed it. The copy's time decides, as the
 * entry may belong to another request by now.
 */
static __always_inline bool take_event(struct request *found, const struct long_request *copy)
{
	__u64 since = copy->at.pending_since;

	return since && __sync_val_compare_and_swap(&found->at.pending_since, since, 0) == since;
}

/* Reads the whole of a long path: a request entry has only its start. */
static __always_inline void take_rest(struct long_request *to, __u64 address)
{
	struct long_request *whole;

	if (to->call.call.length <= INLINE_BYTES)
		return;
	whole = bpf_map_lookup_elem(&long_requests, &address);
	if (whole && whole->call.call.enter_ns == to->call.call.enter_ns) {
		bpf_probe_read_kernel(to->call.call.bytes, READ_BYTES, whole->call.call.bytes);
	} else {
		to->call.call.provenance = UNRACED_PROVENANCE_NONE;
		to->call.call.record_flags |= UNRACED_EVICTED;
	}
	bpf_map_delete_elem(&long_requests, &address);
}

/*
 * Accounts for the event of a request, and returns whether it counts as lost until then. The kernel verifies this
 * function once for its callers.
 */
__noinline int settle(__u64 address, __u32 counted)
{
	struct completion_key key = completion_key_of((struct io_kiocb *)address);
	struct unraced_counters *stats = own_stats();
	struct pending_requests *same;

	if (counted == IS_LOST)
		take_unplaced();
	if (counted == IS_LOST || counted == IS_SKIPPED)
		return 1;
	if (counted == NOT_COUNTED || !stats)
		return 0;
	same = bpf_map_lookup_elem(&pending, &key);
	if (same && count_pending_event(same, &key))
		stats->silent--;
	return !same && counted == IS_EITHER && take_unplaced();
}

/*
 * Returns whether a request may have polled its file, and so have run again later. No tracepoint tells of a poll that
 * finds the file ready at once (IO_APOLL_READY of io_uring/poll.c), but the request keeps a flag.
 */
static __always_inline bool has_polled(struct io_kiocb *req)
{
	const struct unraced_control *shared = SCRATCH(control);

	return !shared || !shared->polled_flag || (KREAD(req, flags) & shared->polled_flag);
}

/*
 * Returns whether an open has run. The kernel keeps the name of its path until then, and a flag of that. It clears the
 * flag right before it stores the result (io_openat2() of io_uring/openclose.c).
 */
static __always_inline enum unraced_run has_run(const struct request *request, struct io_kiocb *req)
{
	return request->at.cleans && !request->at.refusal && !needs_cleanup(req) ? UNRACED_HAS_RUN
										  : UNRACED_RUN_UNKNOWN;
}

/* Returns whether a request has ended with this result; its memory may belong to another request by now. */
static __always_inline bool has_ended(const struct request *request, struct io_kiocb *req,
					    const struct completion_key *key,
				      __s32 result)
{
	__u32 beside;

	if (KREAD(req, ctx) != (void *)key->ring || KREAD(req, cqe.user_data) != key->user_data ||
	    KREAD(req, cqe.res) != result || unraced_requested_call(KREAD(req, opcode)) != request->call.syscall)
		return 0;
	if (request->call.syscall != UNRACED_CONNECT)
		return unraced_open_ending(result, request->at.before, request->at.refusal,
					   has_run(request, req)) == UNRACED_OVER;
	beside = KREAD(req, cqe.fd);
	/* The mark of a poll is read last, as it is set after the poll has begun. */
	return unraced_connect_ending(result, request->at.before, beside,
				      *(const volatile __u32 *)&request->at.polled) ==
	       UNRACED_OVER;
}

/*
 * Compares the mount namespace of the task that ran the request with the submitter's (R2.46). Since the submission of a
 * request that the programs did not see, its submitter may have moved to another namespace.
 */
static __always_inline void compare_namespaces(struct tail_context *to, struct task_struct *task, __u8 syscall,
					       bool polled)
{
	const struct progress *at = &to->request.at;
	struct call *call = &to->request.call.call;
	bool is_connect = syscall == UNRACED_CONNECT, copied = call->provenance == UNRACED_PROVENANCE_KERNEL, absolute;
	struct file *file = (struct file *)to->request_file;
	__u16 family = is_connect && file ? family_of(file) : 0;

	to->namespace_unknown = 0;
	/* At the submission, another socket may have been behind the descriptor, or could be put there. */
	if (family && family != UNRACED_AF_UNIX) {
		call->record_flags &= ~UNRACED_FOREIGN_MOUNT_NS;
		call->connecting.not_unix = 1;
		return;
	}
	if (call->record_flags & UNRACED_NO_ARGUMENTS) {
		to->namespace_unknown = 1;
		return;
	}
	/* A request without its file has not run. */
	if (!to->request.by.mount_ns_id ||
	    !unraced_may_have_path(syscall, copied, file, call->bytes, call->length, &absolute))
		return;
	/* Elsewhere, a link of /proc can lead back to a file of the submitter's namespace. */
	if (own_namespace_id(task) != to->request.by.mount_ns_id)
		call->record_flags |= UNRACED_FOREIGN_MOUNT_NS;
	else
		to->namespace_unknown = unraced_may_have_run_elsewhere(
			KREAD_NUMBER(task, fs) == at->fs, task->flags & PF_IO_WORKER,
			task->start_boottime > call->enter_ns, at->waits || (is_connect && polled),
			at->punted);
}

/* Completes a request with its result. */
static __always_inline int on_end(void *ctx, struct unraced_counters *stats, struct tail_context *to,
				  struct io_kiocb *req,
				  __u8 syscall, __s32 result)
{
	struct call *call = &to->request.call.call;
	struct task_struct *task = bpf_get_current_task_btf();
	bool polled = has_polled(req);

	stats->returned++;
	if (call->silent) {
		/* The submission counted this request as silent. */
		stats->silent--;
	}
	if (syscall == UNRACED_CONNECT && copies_late() && call->provenance != UNRACED_PROVENANCE_NONE)
		take_copied_address(call, req);
	to->request_file = (__u64)KREAD(req, file);
	to->result = result;
	/*
	 * The descriptor is valid only in the submitter's table. A ring can outlive its process, and a thread with
	 * another table can report the completion.
	 */
	if ((bpf_get_current_pid_tgid() >> 32) != to->request.by.tgid ||
	    (to->request.at.files && (__u64)KREAD(task, files) != to->request.at.files))
		call->direct_descriptor = 1;
	if (syscall != UNRACED_CONNECT && result >= 0 && !call->direct_descriptor && was_closed_in_batch(req, result))
		call->direct_descriptor = 1;
	if (was_put_off(req)) {
		to->request.at.waits = 1;
		call->record_flags |= UNRACED_FD_TABLE_SHARED;
	}
	if (syscall != UNRACED_CONNECT && handovers_of(to->request.at.files) != to->request.at.workers)
		call->record_flags |= UNRACED_FD_TABLE_SHARED;
	compare_namespaces(to, task, syscall, polled);
	/* A request that waited, polled or went to a worker may have ended long before its completion was reported. */
	to->followed = requests_taken(req) != to->request.at.taken || to->request.at.waits || to->request.at.punted ||
		       polled;
	to->syscall = syscall;
	to->is_request = 1;
	finish(ctx, stats, syscall);
	return 0;
}

/* Handles the reported end of a request, which the tracepoint identifies beyond doubt. */
static __always_inline int on_complete(void *ctx, struct io_kiocb *req, bool by_chain)
{
	__u8 syscall = unraced_requested_call(KREAD(req, opcode));
	struct unraced_control *shared;
	struct unraced_counters *stats;
	__u64 address = (__u64)req, trace;
	__u32 counted;
	struct tail_context *to;
	struct request *found;
	__s32 result;

	if (!syscall)
		return 0;
	shared = SCRATCH(control);
	stats = own_stats();
	to = SCRATCH(tail_context);
	if (!shared || !stats || !to || !shared->active || !is_watched(shared, syscall))
		return 0;
	result = by_chain ? -ECANCELED : KREAD(req, cqe.res);
	/* The kernel may report a request of a broken chain again, so its entry and its trace stay. */
	trace = take_trace(address, by_chain);
	found = bpf_map_lookup_elem(&requests, &address);
	if (found && found->call.syscall == syscall && request_copy(&to->request, found, address)) {
		bool is_first = take_event(found, &to->request);

		if (!by_chain)
			bpf_map_delete_elem(&requests, &address);
		if (!is_first)
			return 0;
		/* Its trace gave way to another, and the bucket waits for its end. */
		if (!trace)
			take_replaced(address);
		if (by_chain && to->request.at.refusal)
			result = to->request.at.refusal;
		take_rest(&to->request, address);
		counted = to->request.call.call.silent ? IS_LOST : IS_PENDING;
		if (trace & TRACE_SKIPS)
			counted = IS_SKIPPED;
	} else if (trace & TRACE_DONE) {
		return 0;
	} else {
		counted = request_unseen(shared, &to->request, address, syscall, trace);
		if (counted == IS_DROPPED) {
			stats->returned++;
			if (syscall == UNRACED_CONNECT)
				request_connect_ends((__u64)KREAD(req, file));
			return 0;
		}
	}
	to->request.call.call.silent = settle(address, counted);
	return on_end(ctx, stats, to, req, syscall, result);
}

TRACEPOINT("io_uring", "io_uring_complete")
int request_complete(void *ctx)
{
	struct io_kiocb *req;

	if (!can_read_requests())
		return 0;
	req = (struct io_kiocb *)TP_ARG(ctx, io_uring_complete, 1, req);
	/* Messages between rings have no request. */
	return req ? on_complete(ctx, req, 0) : 0;
}

/*
 * The kernel reports each request of a broken chain here. If the failed request asked for no completion, its successors
 * get none either, so this is their only report. The kernel sets CQE_SKIP_SUCCESS before it calls this tracepoint.
 */
TRACEPOINT("io_uring", "io_uring_fail_link")
int request_unlink(void *ctx)
{
	struct io_kiocb *link;

	if (!can_read_requests())
		return 0;
	link = (struct io_kiocb *)TP_ARG(ctx, io_uring_fail_link, 1, link);
	if (!link || !(KREAD(link, flags) & CQE_SKIP_SUCCESS))
		return 0;
	return on_complete(ctx, link, 1);
}

/* Takes the latest request with this ring and user_data, if it has ended with this result and has no event yet. */
static __always_inline bool take_latest(struct long_request *to, __u64 address,
					const struct completion_key *key, __s32 result)
{
	struct request *found = bpf_map_lookup_elem(&requests, &address);

	if (!found || !request_copy(to, found, address) || to->call.call.silent ||
	    !has_ended(found, (struct io_kiocb *)address, key, result) || !take_event(found, to))
		return 0;
	if (!take_trace(address, 1))
		take_replaced(address);
	take_rest(to, address);
	return 1;
}

/*
 * The ring has no room for a completion. The tracepoint reports only its ring, its user_data and its result, which
 * several requests can share. Where these do not identify the request, one request counts as lost.
 */
TRACEPOINT("io_uring", "io_uring_cqe_overflow")
int request_overflow(void *ctx)
{
	struct completion_key key = {};
	struct pending_requests *same;
	__s32 result;
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *stats = own_stats();
	struct tail_context *to = SCRATCH(tail_context);
	__u64 latest;

	if (!can_read_requests() || !shared || !stats || !to || !shared->active)
		return 0;
	key.ring = TP_ARG(ctx, io_uring_cqe_overflow, 0, ctx);
	key.user_data = TP_ARG(ctx, io_uring_cqe_overflow, 1, user_data);
	result = TP_ARG(ctx, io_uring_cqe_overflow, 2, res);
	same = bpf_map_lookup_elem(&pending, &key);
	if (!same) {
		take_unplaced();
		return 0;
	}
	latest = same->latest;
	if (take_latest(&to->request, latest, &key, result)) {
		if (count_pending_event(same, &key))
			stats->silent--;
		return on_end(ctx, stats, to, (struct io_kiocb *)latest, to->request.call.call.syscall, result);
	}
	if (count_pending_loss(same))
		stats->silent++;
	return 0;
}

#endif
