/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file has the programs that see the submission of a request (R1.14), and its hand-over to a worker or to a poll.
 */
#ifndef UNRACED_IOURING_SUBMIT_H
#define UNRACED_IOURING_SUBMIT_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/filter.h"
#include "unraced/record.h"
#include "unraced/request.h"
#include "iouring/batch.h"
#include "iouring/copied_arguments.h"
#include "iouring/handovers.h"
#include "iouring/pending.h"
#include "iouring/trace.h"
#include "iouring/types.h"
#include "lib/attach_points.h"
#include "lib/control.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "out/record.h"
#include "out/tail_call.h"
#include "syscall/arguments.h"
#include "syscall/filter.h"

/*
 * Stores the entry of a request. Where the map has no room at this moment, an entry that an earlier request has left in
 * the same memory must not answer for this one: it goes, or is no call's any more.
 */
static __always_inline void put_request(__u64 address, struct long_request *from)
{
	struct request *earlier;

	if (!bpf_map_update_elem(&requests, &address, from, BPF_ANY))
		return;
	earlier = bpf_map_lookup_elem(&requests, &address);
	if (earlier) {
		earlier->call.syscall = 0;
		bpf_map_delete_elem(&requests, &address);
	}
}

static __always_inline void request_put(struct unraced_counters *stats, struct io_kiocb *req, struct long_request *from)
{
	struct completion_key key = completion_key_of(req);
	__u64 address = (__u64)req, state = from->call.call.filters;

	/*
	 * A request that may end without a report counts as lost until its end is reported. So does a request that its
	 * completion could not identify.
	 */
	if (from->call.call.silent) {
		state |= TRACE_SKIPS;
	} else if (!count_pending(&key, address)) {
		count_unplaced();
		from->call.call.silent = 1;
	}
	if (from->call.call.silent) {
		state |= TRACE_SILENT;
		stats->silent++;
	}
	put_trace(address, state);
	put_request(address, from);
	if (from->call.call.length > INLINE_BYTES)
		bpf_map_update_elem(&long_requests, &address, from, BPF_ANY);
}

/* The descriptor of a connect of a registered file, which needs none. */
#define NO_DESCRIPTOR -1

/* Returns whether the request's descriptor is an index into its ring's own file table. */
static __always_inline bool is_fixed(struct io_kiocb *req)
{
	return KREAD(req, flags) & FIXED_FILE;
}

/*
 * Returns whether the request may run after its submitter has left io_uring_enter(2): behind others, or by a worker.
 * Until then another task can come to share the descriptor table, replace a descriptor, and leave again.
 */
static __always_inline bool may_run_later(struct io_kiocb *req)
{
	struct io_ring_ctx *ring = KREAD(req, ctx);

	return was_put_off(req) || KREAD(ring, submit_state.link.head);
}

static __always_inline int on_submit(struct io_kiocb *req, const struct io_uring_sqe *refused, __s32 refusal)
{
	struct unraced_control *shared = SCRATCH(control);
	__u8 syscall = unraced_requested_call(KREAD(req, opcode));
	__u64 address = (__u64)req, files;
	struct unraced_counters *stats = own_stats();
	struct tail_context *context = SCRATCH(tail_context);
	struct task_struct *task;
	struct long_call *to;
	__u64 none[4] = {};
	__u32 filters;
	bool waits;

	if (!syscall || !shared || !stats || !context || !shared->active || !is_watched(shared, syscall))
		return 0;
	task = bpf_get_current_task_btf();
	filters = current_filters(shared);
	if (filter(shared, filters) != UNRACED_PASS) {
		if (syscall == UNRACED_CONNECT)
			connect_passes_by(task, KREAD(req, cqe.fd), is_fixed(req));
		/*
		 * This entry belonged to a request whose completion the driver missed; the kernel has reused its
		 * io_kiocb.
		 */
		bpf_map_delete_elem(&requests, &address);
		take_trace(address, 0);
		return 0;
	}
	identify(&context->request.by, task);
	context->request.by.mount_ns_id = own_namespace_id(task);
	to = &context->request.call;
	to->call.thread_start = task->start_boottime;
	to->call.enter_ns = bpf_ktime_get_boot_ns();
	to->call.mitigation = current_mode(shared);
	to->call.filters = filters;
	read_registers(&to->call, syscall, none);
	note_sharers(&to->call, task);
	if (refused)
		take_refused(to, refused, syscall);
	else if (syscall == UNRACED_CONNECT)
		take_connect(&to->call, req);
	else
		take_open(to, req, syscall);
	if (syscall == UNRACED_CONNECT) {
		to->call.how_provenance = UNRACED_PROVENANCE_NONE;
		connect_begins(&to->call, shared, task, !is_fixed(req), 1);
		if (is_fixed(req))
			to->call.fd = NO_DESCRIPTOR;
	}
	if (to->call.provenance == UNRACED_PROVENANCE_NONE &&
	    (syscall != UNRACED_CONNECT || to->call.addrlen >= 0))
		to->call.record_flags |= UNRACED_FAULTED;
	to->call.integrity = shared->integrity && to->call.mitigation != UNRACED_MITIGATION_OFF;
	remember_changes(&to->call, task);
	/* A later request of the batch can close the descriptor of the directory, or replace it. */
	if (locate_start(&to->call, context->request.by.mount_ns) == STARTS_ELSEWHERE)
		to->call.record_flags |= UNRACED_FOREIGN_MOUNT_NS;
	to->call.silent = (KREAD(req, flags) & CQE_SKIP_SUCCESS) != 0;
	waits = may_run_later(req);
	if (waits)
		to->call.record_flags |= UNRACED_FD_TABLE_SHARED;
	files = KREAD_NUMBER(task, files);
	context->request.at = (struct progress){ .pending_since = to->call.enter_ns,
						 .files = files,
						 .fs = KREAD_NUMBER(task, fs),
						 .workers = handovers_of(files),
						 .taken = requests_taken(req),
						 .waits = waits,
						 .cleans = needs_cleanup(req),
						 .before = syscall == UNRACED_CONNECT ? KREAD(req, cqe.fd)
										      : KREAD(req, cqe.res),
						 .refusal = refusal };
	request_put(stats, req, &context->request);
	return 0;
}

/* This tracepoint has existed since 6.3; before, the kernel has io_uring_submit_sqe. */
TRACEPOINT("io_uring", "io_uring_submit_req")
int request_submit(void *ctx)
{
	if (!can_read_requests() || !TP_EXISTS(io_uring_submit_req))
		return 0;
	return on_submit((struct io_kiocb *)TP_ARG(ctx, io_uring_submit_req, 0, req), 0, 0);
}

TRACEPOINT("io_uring", "io_uring_submit_sqe")
int request_submit_sqe(void *ctx)
{
	if (!can_read_requests() || !TP_EXISTS(io_uring_submit_sqe))
		return 0;
	return on_submit((struct io_kiocb *)TP_ARG(ctx, io_uring_submit_sqe, 0, req), 0, 0);
}

#ifdef BY_EVENTS
/* IORING_SETUP_SQE128 and IORING_SETUP_NO_SQARRAY of include/uapi/linux/io_uring.h */
#define WIDE_ENTRIES (1u << 10)
#define WITHOUT_ARRAY (1u << 16)

/*
 * The event has copied all needed fields of the submission queue entry but the descriptor. The descriptor is read from
 * where io_get_sqe() of io_uring/io_uring.c has just read it. The whole queue is the caller's memory.
 */
static __always_inline const struct io_uring_sqe *refused_entry(void *ctx, struct io_uring_sqe *to)
{
	struct io_ring_ctx *ring = (struct io_ring_ctx *)TP_ARG(ctx, io_uring_req_failed, 0, ctx);
	__u32 entries = KREAD(ring, sq_entries), flags = KREAD(ring, flags);
	__u32 at = (KREAD(ring, cached_sq_head) - 1) & (entries - 1);
	__u64 array = 0, queue = 0;

	/* bpf_core_read() gives plain numbers, on which the verifier allows arithmetic. */
	bpf_core_read(&array, sizeof(array), &ring->sq_array);
	bpf_core_read(&queue, sizeof(queue), &ring->sq_sqes);
	if (!(flags & WITHOUT_ARRAY))
		bpf_probe_read_kernel(&at, sizeof(at), (void *)(array + at * sizeof(at)));
	if (at >= entries ||
	    bpf_probe_read_kernel(to, sizeof(*to),
				  (void *)(queue + ((__u64)at << !!(flags & WIDE_ENTRIES)) * sizeof(*to))) ||
	    to->user_data != TP_ARG(ctx, io_uring_req_failed, 2, user_data))
		to->fd = -1;
	to->addr2 = TP_ARG(ctx, io_uring_req_failed, 0, off);
	to->addr = TP_ARG(ctx, io_uring_req_failed, 0, addr);
	to->len = TP_ARG(ctx, io_uring_req_failed, 0, len);
	to->open_flags = TP_ARG(ctx, io_uring_req_failed, 0, op_flags);
	return to;
}
#else
static __always_inline const struct io_uring_sqe *refused_entry(void *ctx, struct io_uring_sqe *to)
{
	return (const struct io_uring_sqe *)TP_ARG(ctx, io_uring_req_failed, 0, sqe);
}
#endif

TRACEPOINT("io_uring", "io_uring_req_failed")
int request_refuse(void *ctx)
{
	struct io_uring_sqe copied = {};
	const struct io_uring_sqe *refused;

	if (!can_read_requests())
		return 0;
	refused = refused_entry(ctx, &copied);
	if (!refused)
		return 0;
	return on_submit((struct io_kiocb *)TP_ARG(ctx, io_uring_req_failed, 1, req), refused,
			 TP_ARG(ctx, io_uring_req_failed, 2, error));
}

/*
 * The kernel hands the request to a worker. The submitter then continues before the result is known, and can put
 * another file behind the descriptor. The worker shares the descriptor table. It can replace descriptors of the
 * requests of its batch, and die before their completions are reported, so hand-overs count (iouring/handovers.h).
 */
TRACEPOINT("io_uring", "io_uring_queue_async_work")
int request_punt(void *ctx)
{
	struct request *request;
	__u64 address;

	if (!can_read_requests())
		return 0;
	count_handover(KREAD_NUMBER(bpf_get_current_task_btf(), files));
	address = TP_ARG(ctx, io_uring_queue_async_work, 0, req);
	request = bpf_map_lookup_elem(&requests, &address);
	if (request) {
		request->call.record_flags |= UNRACED_FD_TABLE_SHARED;
		request->at.punted = 1;
	}
	return 0;
}

/*
 * A connect is about to poll its socket, or has polled it. Each tracepoint fires a moment after its event, so one of
 * the two may come too late.
 */
static __always_inline int on_poll(struct io_kiocb *req)
{
	__u64 address = (__u64)req;
	struct request *request;

	if (KREAD(req, opcode) != UNRACED_OP_CONNECT)
		return 0;
	request = bpf_map_lookup_elem(&requests, &address);
	if (request)
		request->at.polled = 1;
	return 0;
}

TRACEPOINT("io_uring", "io_uring_poll_arm")
int request_poll(void *ctx)
{
	return can_read_requests() ? on_poll((struct io_kiocb *)TP_ARG(ctx, io_uring_poll_arm, 0, req)) : 0;
}

TRACEPOINT("io_uring", "io_uring_task_add")
int request_polled(void *ctx)
{
	return can_read_requests() ? on_poll((struct io_kiocb *)TP_ARG(ctx, io_uring_task_add, 0, req)) : 0;
}

#endif
