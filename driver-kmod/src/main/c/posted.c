// SPDX-License-Identifier: GPL-2.0-only
#include "posted.h"

#if IS_ENABLED(CONFIG_IO_URING)

#include <linux/io_uring.h>
#include <linux/io_uring_types.h>
#include <linux/uaccess.h>

struct posted_edit {
	const struct io_kiocb *req;
	const void *ctx;
	u64 user_data;
	s32 result;
	bool added;
	enum unraced_found *found;
	u64 request;
};

/* Ring and user_data are the key, both exactly. An entry that was evicted knows only that it forgot. */
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
	/* One that is listed already ended untold, and its memory is another's now. */
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
 * Whether a request has ended so; its memory may be another's, or gone. Until it has ended, an old result lies there, which
 * may be the same. An open that was carried out has given its path back, and one that was not has this result only. A connect
 * that waits has what poll told it there, which is 0 or more, and nothing that tells it from a result (io_poll_check_events()).
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
		/* The socket's number lies there until there is a result. */
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

/* Takes out all that may have ended so. One of them, and how many there are. */
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

/* One that may have ended so, taken out if it is the only one. Whether there is any. */
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
	/* Of several nobody can tell which it is, and the memory of the others may be gone when they are told of: all are lost. */
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
