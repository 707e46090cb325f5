// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <linux/ktime.h>

#include "call/arguments.h"
#include "filter/filter.h"
#include "iouring/namespace.h"
#include "iouring/pending.h"
#include "iouring/request.h"
#include "iouring/submit.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "out/record.h"
#include "unraced/arguments.h"
#include "unraced/filter.h"
#include "unraced/request.h"

#ifdef UNRACED_READS_IO_URING

static void take_open(struct unraced_call *call, const struct io_kiocb *req)
{
	const struct unraced_requested_open *open = (const struct unraced_requested_open *)&req->cmd;
	const struct filename *name = unraced_requested_name(open);
	struct unraced_how how = { .flags = open->how.flags, .mode = open->how.mode, .resolve = open->how.resolve };

	call->record.open.dirfd = open->dfd;
	if (call->record.syscall == UNRACED_OPENAT2)
		call->record.open.how_size = sizeof(how);
	call->direct_descriptor = open->file_slot != 0;
	unraced_call_how(call, &how, UNRACED_PROVENANCE_KERNEL);
	if (!IS_ERR_OR_NULL(name))
		unraced_call_replace_requested(call, name->name, strnlen(name->name, UNRACED_PATH_MAX));
}

static void take_connect(struct unraced_call *call, const struct io_kiocb *req)
{
	const struct unraced_requested_connect *connect = (const struct unraced_requested_connect *)&req->cmd;

	call->record.connect.fd = req->cqe.fd;
	call->pointer = (unsigned long)connect->addr;
	call->record.connect.addrlen = connect->addr_len;
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
}

/* The kernel refused the request, so there is no kernel copy; this memory belongs to the caller. */
static void take_refused(struct unraced_call *call, const struct io_uring_sqe *sqe)
{
	struct unraced_record *record = &call->record;
	struct unraced_registers found =
		unraced_entry_arguments(record->syscall, READ_ONCE(sqe->fd), READ_ONCE(sqe->addr),
					READ_ONCE(sqe->addr2), READ_ONCE(sqe->len),
					READ_ONCE(sqe->open_flags));

	call->pointer = found.pointer;
	if (record->syscall == UNRACED_CONNECT) {
		record->connect.fd = found.fd;
		record->connect.addrlen = found.addrlen;
	} else {
		record->open.dirfd = found.fd;
		record->how_provenance = UNRACED_PROVENANCE_NONE;
		record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	}
	if (record->syscall == UNRACED_OPENAT2) {
		call->how_pointer = found.how_pointer;
		record->open.how_size = found.how_size;
	} else if (record->syscall == UNRACED_OPENAT) {
		struct unraced_how how = { .flags = found.flags, .mode = found.mode };

		unraced_call_how(call, &how, UNRACED_PROVENANCE_ENTER);
	}
	unraced_read_pointers(call, UNRACED_PROVENANCE_ENTER);
}

/*
 * Returns whether the request may run after its submitter has left io_uring_enter(2): behind others, or by a worker.
 * Another task may replace the descriptor of the directory meanwhile, and leave.
 */
static bool may_run_later(const struct io_kiocb *req)
{
	return unraced_was_put_off(req) || req->ctx->submit_state.link.head;
}

/* Returns whether a connect may be one of a UNIX socket. A task that shares the descriptors may put one there. */
static bool may_take_unix(const struct unraced_call *call)
{
	return call->record.syscall == UNRACED_CONNECT &&
	       ((call->record.flags & UNRACED_FD_TABLE_SHARED) || unraced_leads_to_unix(call));
}

static void submit(struct unraced_capture *capture, const struct io_kiocb *req, const struct io_uring_sqe *refused,
		   int error, const struct unraced_filters *filters)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_call *call = &scratch->call;

	unraced_begin_request(capture, scratch, unraced_requested_call(req->opcode), filters->word);
	/* This memory may have belonged to a request whose completion was never reported. */
	if (call->record.syscall == UNRACED_CONNECT)
		unraced_act_discard(capture, (unsigned long)req, 0);
	call->record.enter_ns = ktime_get_boottime_ns();
	/* Each look at a descriptor follows this one, as at the entry of a call (syscall/enter.c). */
	if (unraced_fd_table_is_shared())
		call->record.flags |= UNRACED_FD_TABLE_SHARED;
	smp_rmb();
	if (refused)
		take_refused(call, refused);
	else if (call->record.syscall == UNRACED_CONNECT)
		take_connect(call, req);
	else
		take_open(call, req);
	call->record.flags |= unraced_faulted(call);
	/* A registered file has an index, and needs no descriptor. */
	if (call->record.syscall == UNRACED_CONNECT && (req->flags & REQ_F_FIXED_FILE))
		call->record.connect.fd = -1;
	unraced_describe_caller(&call->record);
	call->base_count = unraced_base_count();
	/* A later request of the batch can close the descriptor of the directory, or replace it. */
	if (unraced_starts_elsewhere(call, may_take_unix(call)))
		call->record.flags |= UNRACED_FOREIGN_MOUNT_NS;
	unraced_note_namespace(capture, call);
	call->waits = may_run_later(req);
	call->silent = !!(req->flags & REQ_F_CQE_SKIP);
	call->record.result = error;
	unraced_request_put(capture, scratch, req);
	/* A silent request counts as lost already; when its completion finds no room, it must not count again. */
	if (call->silent)
		unraced_counters_here(capture)->silent++;
	else
		unraced_pending_add(capture, req, error);
}

/*
 * Removes what is kept of a former request in this memory, whose completion was never reported, and whose
 * submitter was another task.
 */
static void remove_former(struct unraced_capture *capture, const struct io_kiocb *req)
{
	unraced_request_take(capture, unraced_scratch(capture), req);
	if (unraced_requested_call(req->opcode) == UNRACED_CONNECT)
		unraced_act_discard(capture, (unsigned long)req, 0);
}

static void on_submission(struct unraced_capture *capture, const struct io_kiocb *req,
			  const struct io_uring_sqe *refused,
			  int error)
{
	const struct unraced_filters *filters;

	if (!unraced_is_watched_request(capture, unraced_requested_call(req->opcode)))
		return;
	preempt_disable();
	filters = unraced_filters_now(capture);
	if (unraced_filter_task(capture, filters, current) == UNRACED_PASS)
		submit(capture, req, refused, error, filters);
	else
		remove_former(capture, req);
	preempt_enable();
}

void unraced_on_submit(void *data, struct io_kiocb *req)
{
	on_submission(data, req, NULL, 0);
}

void unraced_on_refuse(void *data, const struct io_uring_sqe *sqe, struct io_kiocb *req, int error)
{
	if (sqe)
		on_submission(data, req, sqe, error);
}

/* From here on, the submitter continues before the result is known, and can put another file behind the descriptor. */
void unraced_on_punt(void *data, struct io_kiocb *req, int rw)
{
	struct unraced_capture *capture = data;
	struct unraced_scratch *scratch;

	if (!unraced_is_watched_request(capture, unraced_requested_call(req->opcode)))
		return;
	preempt_disable();
	scratch = unraced_scratch(capture);
	if (unraced_request_take(capture, scratch, req) >= 0) {
		scratch->call.record.flags |= UNRACED_FD_TABLE_SHARED;
		scratch->call.punted = 1;
		unraced_request_put(capture, scratch, req);
	}
	preempt_enable();
}

#endif
