// SPDX-License-Identifier: GPL-2.0-only
#include <linux/uaccess.h>

#include "iouring/pending.h"
#include "iouring/types.h"
#include "stash/stash.h"
#include "unraced/ending.h"

#ifdef UNRACED_READS_IO_URING

struct pending_edit {
	const struct io_kiocb *req;
	const void *ctx;
	u64 user_data;
	s32 result; /* when a request is added, its refusal */
	bool added;
	enum unraced_found *found;
	u64 request;
};

/*
 * The key is the exact ring and user_data. After an eviction, all that is known of a key is that requests were
 * forgotten.
 */
static void edit_pending(struct unraced_capture *capture, const void *ctx, u64 user_data, bool make,
			 unraced_editor *editor,
			struct pending_edit *edit)
{
	unraced_stash_edit(capture->pending, (unsigned long)ctx, user_data, 0, make, editor, edit);
}

static struct unraced_pending_requests *pending_of(const struct unraced_edit *found)
{
	struct unraced_pending_requests *pending = found->entry;

	if (found->evicted)
		pending->unlisted = 1;
	return pending;
}

static bool is_needed(const struct unraced_pending_requests *pending)
{
	return pending->size || pending->unlisted;
}

static u32 listed_at(const struct unraced_pending_requests *pending, const struct io_kiocb *req)
{
	u32 i = 0;

	while (i < pending->size && pending->listed[i].request != (unsigned long)req)
		i++;
	return i;
}

static void list(struct unraced_pending_requests *pending, const struct io_kiocb *req, s32 refusal)
{
	/* This request may be listed already: its completion was missed, and the kernel has reused its io_kiocb. */
	u32 at = listed_at(pending, req);

	if (at == UNRACED_PENDING_LISTED) {
		pending->unlisted++;
		return;
	}
	pending->listed[at].request = (unsigned long)req;
	pending->listed[at].refusal = refusal;
	pending->listed[at].opcode = req->opcode;
	pending->listed[at].before = req->opcode == IORING_OP_CONNECT ? req->cqe.fd : req->cqe.res;
	if (at == pending->size)
		pending->size++;
}

static void unlist(struct unraced_pending_requests *pending, u32 at)
{
	pending->listed[at] = pending->listed[--pending->size];
}

static bool add(const struct unraced_edit *found, void *with)
{
	const struct pending_edit *edit = with;

	list(pending_of(found), edit->req, edit->result);
	return true;
}

void unraced_pending_add(struct unraced_capture *capture, const struct io_kiocb *req, s32 refusal)
{
	struct pending_edit edit = { .req = req, .result = refusal };

	edit_pending(capture, req->ctx, req->cqe.user_data, true, add, &edit);
}

static bool remove_listed(const struct unraced_edit *found, void *with)
{
	const struct pending_edit *edit = with;
	struct unraced_pending_requests *pending = pending_of(found);
	u32 at = listed_at(pending, edit->req);

	if (at < pending->size)
		unlist(pending, at);
	else if (edit->added && pending->unlisted)
		pending->unlisted--;
	return is_needed(pending);
}

void unraced_pending_remove(struct unraced_capture *capture, const struct io_kiocb *req, bool added)
{
	struct pending_edit edit = { .req = req, .added = added };

	edit_pending(capture, req->ctx, req->cqe.user_data, false, remove_listed, &edit);
}

#define COPIED(to, from) (!copy_from_kernel_nofault(&(to), &(from), sizeof(to)))

/* Judges whether a request has completed with this result. Its memory may belong to another request, or be gone. */
static enum unraced_ending ending_of(const struct unraced_pending_requests *pending, u32 at,
				     const void *ctx, u64 user_data,
				     s32 result)
{
	const struct io_kiocb *req = (const struct io_kiocb *)(unsigned long)pending->listed[at].request;
	typeof(((struct io_kiocb *)NULL)->flags) flags; /* its width differs by version */
	s32 before = pending->listed[at].before;
	const void *its_ctx;
	struct io_cqe cqe;
	u8 opcode;

	if (!COPIED(its_ctx, req->ctx) || its_ctx != ctx || !COPIED(cqe, req->cqe) || cqe.user_data != user_data ||
	    cqe.res != result || !COPIED(opcode, req->opcode) || opcode != pending->listed[at].opcode ||
	    !COPIED(flags, req->flags))
		return UNRACED_IN_FLIGHT;
	if (opcode == IORING_OP_CONNECT)
		return unraced_connect_ending(result, before, cqe.flags, flags & REQ_F_POLLED);
	/* An open that ran has freed its path. */
	return unraced_open_ending(result, before, pending->listed[at].refusal,
				   flags & REQ_F_NEED_CLEANUP ? UNRACED_HAS_NOT_RUN : UNRACED_HAS_RUN);
}

/* Removes all requests that may have completed with this result, and counts them. Returns one of them, or 0. */
static u64 take_ended(struct unraced_pending_requests *pending, const void *ctx, u64 user_data, s32 result, u32 *ended)
{
	u64 request = 0;
	u32 i = pending->size;

	*ended = 0;
	while (i-- > 0) {
		enum unraced_ending ending = ending_of(pending, i, ctx, user_data, result);

		if (ending <= UNRACED_DOUBTFUL)
			continue;
		request = ending == UNRACED_OVER ? pending->listed[i].request : 0;
		unlist(pending, i);
		++*ended;
	}
	return request;
}

/* Finds the requests that are in doubt, and removes a single one. Returns whether there is any. */
static bool take_doubtful(struct unraced_pending_requests *pending, const void *ctx, u64 user_data,
			  s32 result, u64 *request)
{
	u32 at = 0, doubtful = 0, i;

	*request = 0;
	for (i = 0; i < pending->size; i++) {
		if (ending_of(pending, i, ctx, user_data, result) != UNRACED_DOUBTFUL)
			continue;
		at = i;
		doubtful++;
	}
	if (doubtful == 1) {
		*request = pending->listed[at].request;
		unlist(pending, at);
	}
	return doubtful > 0;
}

static bool find(const struct unraced_edit *found, void *with)
{
	struct pending_edit *edit = with;
	struct unraced_pending_requests *pending = pending_of(found);
	u64 request;
	u32 ended;

	request = take_ended(pending, edit->ctx, edit->user_data, edit->result, &ended);
	if (ended != 1 || pending->unlisted)
		request = 0;
	/*
	 * With several candidates the right one is unknown, and the memory of the others may be gone at their own
	 * completions. All count as lost.
	 */
	if (!request)
		pending->unlisted += ended;
	if (request) {
		*edit->found = UNRACED_OF_THIS;
	} else if (pending->unlisted) {
		*edit->found = UNRACED_OF_ANY;
		pending->unlisted--;
	} else if (take_doubtful(pending, edit->ctx, edit->user_data, edit->result, &request)) {
		*edit->found = request ? UNRACED_PERHAPS_THIS : UNRACED_OF_ANY;
	}
	edit->request = request;
	return is_needed(pending);
}

const struct io_kiocb *unraced_pending_find(struct unraced_capture *capture, const void *ctx, u64 user_data, s32 result,
					   enum unraced_found *found)
{
	struct pending_edit edit = { .ctx = ctx, .user_data = user_data, .result = result, .found = found };

	*found = UNRACED_OF_NONE;
	edit_pending(capture, ctx, user_data, false, find, &edit);
	return (const struct io_kiocb *)(unsigned long)edit.request;
}

#endif
