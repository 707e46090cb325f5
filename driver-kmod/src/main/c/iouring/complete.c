// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <linux/ktime.h>

#include "filter/filter.h"
#include "iouring/complete.h"
#include "iouring/namespace.h"
#include "iouring/pending.h"
#include "iouring/request.h"
#include "object/connects.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "out/record.h"
#include "stash/stash.h"
#include "unraced/filter.h"
#include "unraced/request.h"
#include "unraced/result.h"

#ifdef UNRACED_READS_IO_URING

/* Returns the task that submitted a request, and lives as long. */
static struct task_struct *submitter_of(const struct io_kiocb *req)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	return req->task;
#else
	return req->tctx->task;
#endif
}

/*
 * Returns the credentials of a polled ring, which are those of who made it, or null. The ring's thread can serve
 * several of others (IORING_SETUP_ATTACH_WQ), and acts with the credentials of each in turn. A ring outlives its
 * requests.
 */
static const struct cred *ring_credentials(const struct io_kiocb *req)
{
	return req->ctx->sq_creds;
}

/*
 * Fills in the little that is known of a request whose submission was not seen, or whose entry was evicted: the latter
 * has passed the filters of its submission. The task that reports its end can be a worker, or one of the kernel's own
 * if the submitter has died. Returns false if a filter leaves the submitter out.
 */
static bool begin_late_request(struct unraced_capture *capture, struct unraced_scratch *scratch,
			       const struct io_kiocb *req, bool evicted)
{
	struct task_struct *task = submitter_of(req);
	const struct cred *cred = ring_credentials(req);
	enum unraced_verdict verdict = evicted ? UNRACED_PASS : unraced_filter_unseen(capture, task, cred);
	struct unraced_record *record = &scratch->call.record;

	if (verdict != UNRACED_PASS) {
		unraced_count_filtered(&unraced_counters_here(capture)->filtered, verdict);
		return false;
	}
	unraced_begin_request(capture, scratch, unraced_requested_call(req->opcode),
			      unraced_filters_now(capture)->word);
	scratch->call.integrity = 0;
	scratch->call.punted = 1;
	/* The result of an open into the ring's own table is no descriptor. */
	if (record->syscall != UNRACED_CONNECT)
		scratch->call.direct_descriptor = ((const struct unraced_requested_open *)&req->cmd)->file_slot != 0;
	record->how_provenance = UNRACED_PROVENANCE_NONE;
	record->how_integrity = UNRACED_INTEGRITY_UNCHECKED;
	/* Since its submission the submitter may have moved to another namespace. */
	record->flags = UNRACED_NO_ARGUMENTS | UNRACED_ENTER_MISSED | UNRACED_FD_TABLE_SHARED |
			UNRACED_FOREIGN_MOUNT_NS | (evicted ? UNRACED_EVICTED : 0);
	unraced_describe_task(record, task, cred);
	return true;
}

/* The request has a reference, and the descriptor one if no later request of the batch closed it. */
static long own_references(const struct unraced_record *record, const struct file *file)
{
	bool shared = unraced_fd_table_is_shared(), same;
	struct file *behind;

	if (current->tgid != record->tgid)
		return 1;
	behind = unraced_file_of(record->connect.fd, shared);
	same = behind == file;
	if (behind)
		unraced_put_file(behind, shared);
	return 1 + same;
}

static void describe_object(struct unraced_capture *capture, struct unraced_scratch *scratch,
			    const struct io_kiocb *req)
{
	struct unraced_record *record = &scratch->call.record;

	if (record->syscall == UNRACED_CONNECT) {
		if (!unraced_has_peer(record->result)) {
			unraced_judge_undescribed(capture, scratch);
			return;
		}
		/* The request holds its file until it completes. */
		if (req->file) {
			unraced_describe_connect(capture, scratch, req->file, own_references(record, req->file));
		} else {
			record->flags |= UNRACED_OBJECT_MISSED;
			unraced_judge_undescribed(capture, scratch);
		}
		return;
	}
	if (record->result < 0)
		return;
	/*
	 * A worker of the ring opened the file, and FD_TABLE_SHARED says so. A ring can outlive its process: the kernel
	 * then cancels the remaining requests on a thread of its own.
	 */
	if (!(record->flags & UNRACED_HAS_FILE) && scratch->call.punted &&
	    !scratch->call.direct_descriptor && current->tgid == record->tgid)
		unraced_describe_opened(scratch);
	if (!(record->flags & UNRACED_HAS_FILE))
		record->flags |= UNRACED_OBJECT_MISSED;
}

/*
 * Writes the event of a completed request. The scratch memory holds its call unless "taken", the outcome of
 * unraced_request_take(), is negative.
 */
static void write_completed(struct unraced_capture *capture, const struct io_kiocb *req, int taken, s32 result)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_counters *counters = unraced_counters_here(capture);
	bool may_be_unix;

	counters->returned++;
	if (taken < 0 && !begin_late_request(capture, scratch, req, taken == UNRACED_TAKE_EVICTED))
		return;
	if (scratch->call.silent) {
		/* The submission counted this request as silent, and its completion is reported after all. */
		counters->silent--;
	}
	scratch->call.record.result = result;
	if (!unraced_admit_event(capture, scratch))
		return;
	scratch->call.record.exit_ns = ktime_get_boottime_ns();
	if (unraced_was_put_off(req))
		scratch->call.waits = 1;
	describe_object(capture, scratch, req);
	/* A request without its file has not run. */
	may_be_unix = scratch->call.record.syscall == UNRACED_CONNECT && req->file && unraced_may_be_unix(req->file);
	/* At the submission, another socket may have been behind the descriptor, or could be put there. */
	if (scratch->call.record.syscall == UNRACED_CONNECT && req->file && !may_be_unix)
		scratch->call.record.flags &= ~UNRACED_FOREIGN_MOUNT_NS;
	unraced_compare_namespaces(&scratch->call, may_be_unix);
	unraced_compare_request(capture, &scratch->call, may_be_unix);
	unraced_send(capture, scratch);
}

static void finish_request(struct unraced_capture *capture, const struct io_kiocb *req, int taken, s32 result)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	bool connects = unraced_requested_call(req->opcode) == UNRACED_CONNECT;

	if (connects)
		unraced_act_take(capture, scratch, (unsigned long)req, 0);
	write_completed(capture, req, taken, result);
	if (connects)
		unraced_act_end(capture, scratch);
}

void unraced_on_complete(void *data, void *ctx, void *completed)
{
	struct unraced_capture *capture = data;
	const struct io_kiocb *req = completed;
	struct unraced_scratch *scratch;
	int taken;

	/* Messages between rings have no request. */
	if (!req || !unraced_is_watched_request(capture, unraced_requested_call(req->opcode)))
		return;
	preempt_disable();
	scratch = unraced_scratch(capture);
	taken = unraced_request_take(capture, scratch, req);
	unraced_pending_remove(capture, req, taken >= 0 && !scratch->call.silent);
	finish_request(capture, req, taken, req->cqe.res);
	preempt_enable();
}

/*
 * A chain breaks. Behind a failed request that asked for no completion, the others get none either, so only this
 * tracepoint reports them. The kernel marks them before (io_fail_links()), and may report one again, which is then
 * unknown.
 */
void unraced_on_unlink(void *data, struct io_kiocb *req, struct io_kiocb *link)
{
	struct unraced_capture *capture = data;
	struct unraced_scratch *scratch;
	int outcome;
	s32 refusal;

	if (!(link->flags & REQ_F_CQE_SKIP) ||
	    !unraced_is_watched_request(capture, unraced_requested_call(link->opcode)))
		return;
	preempt_disable();
	scratch = unraced_scratch(capture);
	outcome = unraced_request_take(capture, scratch, link);
	if (outcome >= 0 || outcome == UNRACED_TAKE_EVICTED) {
		unraced_pending_remove(capture, link, outcome >= 0 && !scratch->call.silent);
		refusal = outcome >= 0 ? scratch->call.record.result : 0;
		finish_request(capture, link, outcome, refusal ? refusal : -ECANCELED);
	}
	preempt_enable();
}

/* Counts a request as silent, as one that asked for no completion, until its completion is reported. */
static void count_lost(struct unraced_capture *capture, const struct io_kiocb *req)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);

	if (unraced_request_take(capture, scratch, req) < 0)
		return;
	if (!scratch->call.silent)
		unraced_counters_here(capture)->silent++;
	scratch->call.silent = true;
	unraced_request_put(capture, scratch, req);
}

/* The ring has no room for this completion. */
void unraced_on_overflow(void *data, void *ctx, unsigned long long user_data, s32 result)
{
	struct unraced_capture *capture = data;
	enum unraced_found found;
	const struct io_kiocb *req;

	preempt_disable();
	req = unraced_pending_find(capture, ctx, user_data, result, &found);
	if (found == UNRACED_OF_THIS)
		finish_request(capture, req,
			       unraced_request_take(capture, unraced_scratch(capture), req),
			       req->cqe.res);
	else if (found == UNRACED_PERHAPS_THIS)
		count_lost(capture, req);
	else if (found == UNRACED_OF_ANY)
		unraced_counters_here(capture)->silent++;
	preempt_enable();
}

#endif
