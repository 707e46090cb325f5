// SPDX-License-Identifier: GPL-2.0-only
#include <linux/uaccess.h>

#include "iouring/pending.h"
#include "iouring/types.h"
#include "stash/stash.h"

#ifdef UNRACED_READS_IO_URING

struct posted_edit {
	const struct io_kiocb *req;
	const void *ctx;
	u64 user_data;
	s32 result;
	bool added;
	enum unraced_found *found;
	u64 request;
};

/*
 * The key is the exact ring and user_data. After an eviction, all that is known of a key is that requests were
 * forgotten.
 */
static void edit_posted(struct unraced_capture *capture, const void *ctx, u64 user_data, bool make, unraced_editor *editor,
			struct posted_edit *edit)
{
	unraced_stash_edit(capture->posted, (unsigned long)ctx, user_data, 0, make, editor, edit);
}

static struct unraced_posted *posted_of(const struct unraced_edit *found)
{
	struct unraced_posted *posted = found->entry;

	if (found->evicted)
		posted->unlisted = 1;
	return posted;
}

static bool is_needed(const struct unraced_posted *posted)
{
	return posted->size || posted->unlisted;
}

static u32 listed_place(const struct unraced_posted *posted, const struct io_kiocb *req)
{
	u32 i = 0;

	while (i < posted->size && posted->listed[i].request != (unsigned long)req)
		i++;
	return i;
}

static void list(struct unraced_posted *posted, const struct io_kiocb *req)
{
	/* This request may be listed already: its completion was missed, and the kernel has reused its io_kiocb. */
	u32 at = listed_place(posted, req);

	if (at == UNRACED_POSTED_LISTED) {
		posted->unlisted++;
		return;
	}
	posted->listed[at].request = (unsigned long)req;
	posted->listed[at].opcode = req->opcode;
	posted->listed[at].before = req->opcode == IORING_OP_CONNECT ? req->cqe.fd : req->cqe.res;
	if (at == posted->size)
		posted->size++;
}

static void unlist(struct unraced_posted *posted, u32 at)
{
	posted->listed[at] = posted->listed[--posted->size];
}

static bool add(const struct unraced_edit *found, void *with)
{
	const struct posted_edit *edit = with;

	list(posted_of(found), edit->req);
	return true;
}

void unraced_posted_add(struct unraced_capture *capture, const struct io_kiocb *req)
{
	struct posted_edit edit = { .req = req };

	edit_posted(capture, req->ctx, req->cqe.user_data, true, add, &edit);
}

static bool take_off(const struct unraced_edit *found, void *with)
{
	const struct posted_edit *edit = with;
	struct unraced_posted *posted = posted_of(found);
	u32 at = listed_place(posted, edit->req);

	if (at < posted->size)
		unlist(posted, at);
	else if (edit->added && posted->unlisted)
		posted->unlisted--;
	return is_needed(posted);
}

void unraced_posted_remove(struct unraced_capture *capture, const struct io_kiocb *req, bool added)
{
	struct posted_edit edit = { .req = req, .added = added };

	edit_posted(capture, req->ctx, req->cqe.user_data, false, take_off, &edit);
}

enum state { IN_FLIGHT, DOUBTFUL, UNCLEAR, OVER };

#define COPIED(to, from) (!copy_from_kernel_nofault(&(to), &(from), sizeof(to)))

/*
 * Judges whether a request has completed with this result. The memory may belong to another request, or be gone. Before
 * the completion an old result lies there, which may have the same value. An open that ran has freed its path, and one
 * that did not run can only have this result. A connect that waits has the result of poll there, which is 0 or more and
 * looks like a result (io_poll_check_events()).
 */
static enum state state_of(const struct unraced_posted *posted, u32 at, const void *ctx, u64 user_data, s32 result)
{
	const struct io_kiocb *req = (const struct io_kiocb *)(unsigned long)posted->listed[at].request;
	typeof(((struct io_kiocb *)NULL)->flags) flags; /* its width differs by version */
	const void *its_ctx;
	struct io_cqe cqe;
	u8 opcode;

	if (!COPIED(its_ctx, req->ctx) || its_ctx != ctx || !COPIED(cqe, req->cqe) || cqe.user_data != user_data ||
	    cqe.res != result || !COPIED(opcode, req->opcode) || opcode != posted->listed[at].opcode ||
	    !COPIED(flags, req->flags))
		return IN_FLIGHT;
	if (opcode == IORING_OP_CONNECT) {
		/* Until there is a result, the descriptor of the socket lies there. */
		if (cqe.flags)
			return IN_FLIGHT;
		if ((flags & REQ_F_POLLED) && result >= 0)
			return DOUBTFUL;
		return posted->listed[at].before ? OVER : UNCLEAR;
	}
	if (!(flags & REQ_F_NEED_CLEANUP))
		return OVER;
	if (result != -ECANCELED)
		return IN_FLIGHT;
	return posted->listed[at].before == result ? UNCLEAR : OVER;
}

/* Removes all requests that may have completed with this result, and counts them. Returns one of them, or 0. */
static u64 take_ended(struct unraced_posted *posted, const void *ctx, u64 user_data, s32 result, u32 *ended)
{
	u64 request = 0;
	u32 i = posted->size;

	*ended = 0;
	while (i-- > 0) {
		enum state state = state_of(posted, i, ctx, user_data, result);

		if (state <= DOUBTFUL)
			continue;
		request = state == OVER ? posted->listed[i].request : 0;
		unlist(posted, i);
		++*ended;
	}
	return request;
}

/* Finds the requests that are in doubt, and removes a single one. Returns whether there is any. */
static bool take_doubtful(struct unraced_posted *posted, const void *ctx, u64 user_data, s32 result, u64 *request)
{
	u32 at = 0, doubtful = 0, i;

	*request = 0;
	for (i = 0; i < posted->size; i++) {
		if (state_of(posted, i, ctx, user_data, result) != DOUBTFUL)
			continue;
		at = i;
		doubtful++;
	}
	if (doubtful == 1) {
		*request = posted->listed[at].request;
		unlist(posted, at);
	}
	return doubtful > 0;
}

static bool find(const struct unraced_edit *found, void *with)
{
	struct posted_edit *edit = with;
	struct unraced_posted *posted = posted_of(found);
	u64 request;
	u32 ended;

	request = take_ended(posted, edit->ctx, edit->user_data, edit->result, &ended);
	if (ended != 1 || posted->unlisted)
		request = 0;
	/*
	 * With several candidates the right one is unknown, and the memory of the others may be gone at their own
	 * completions. All count as lost.
	 */
	if (!request)
		posted->unlisted += ended;
	if (request) {
		*edit->found = UNRACED_OF_THIS;
	} else if (posted->unlisted) {
		*edit->found = UNRACED_OF_ANY;
		posted->unlisted--;
	} else if (take_doubtful(posted, edit->ctx, edit->user_data, edit->result, &request)) {
		*edit->found = request ? UNRACED_PERHAPS_THIS : UNRACED_OF_ANY;
	}
	edit->request = request;
	return is_needed(posted);
}

const struct io_kiocb *unraced_posted_find(struct unraced_capture *capture, const void *ctx, u64 user_data, s32 result,
					   enum unraced_found *found)
{
	struct posted_edit edit = { .ctx = ctx, .user_data = user_data, .result = result, .found = found };

	*found = UNRACED_OF_NONE;
	edit_posted(capture, ctx, user_data, false, find, &edit);
	return (const struct io_kiocb *)(unsigned long)edit.request;
}

#endif
