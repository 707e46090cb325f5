// SPDX-License-Identifier: GPL-2.0-only
#include "posted.h"

#if IS_ENABLED(CONFIG_IO_URING)

#include <linux/io_uring.h>
#include <linux/io_uring_types.h>
#include <linux/uaccess.h>

static u64 key_of(const void *ctx, u64 user_data)
{
	return (unsigned long)ctx ^ user_data * 0x9e3779b97f4a7c15ull;
}

static void load_posted(struct unraced_capture *capture, const void *ctx, u64 user_data, struct unraced_posted *to)
{
	int outcome = unraced_stash_take(capture->posted, key_of(ctx, user_data), user_data, 0, to, sizeof(*to));

	if (outcome >= 0)
		return;
	memset(to, 0, sizeof(*to));
	to->unlisted = outcome == UNRACED_TAKE_EVICTED;
}

static void store_posted(struct unraced_capture *capture, const void *ctx, u64 user_data, const struct unraced_posted *from)
{
	if (from->size || from->unlisted)
		unraced_stash_put(capture->posted, key_of(ctx, user_data), user_data, 0, from, sizeof(*from));
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

void unraced_posted_add(struct unraced_capture *capture, const struct io_kiocb *req)
{
	struct unraced_posted posted;

	unraced_lock_take(&capture->posted_lock);
	load_posted(capture, req->ctx, req->cqe.user_data, &posted);
	list(&posted, req);
	store_posted(capture, req->ctx, req->cqe.user_data, &posted);
	unraced_lock_give(&capture->posted_lock);
}

void unraced_posted_remove(struct unraced_capture *capture, const struct io_kiocb *req, bool added)
{
	struct unraced_posted posted;
	u32 at;

	unraced_lock_take(&capture->posted_lock);
	load_posted(capture, req->ctx, req->cqe.user_data, &posted);
	at = listed_place(&posted, req);
	if (at < posted.size)
		unlist(&posted, at);
	else if (added && posted.unlisted)
		posted.unlisted--;
	store_posted(capture, req->ctx, req->cqe.user_data, &posted);
	unraced_lock_give(&capture->posted_lock);
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

const struct io_kiocb *unraced_posted_find(struct unraced_capture *capture, const void *ctx, u64 user_data, s32 result,
					   enum unraced_found *found)
{
	struct unraced_posted posted;
	u64 request;
	u32 ended;

	unraced_lock_take(&capture->posted_lock);
	load_posted(capture, ctx, user_data, &posted);
	request = take_ended(&posted, ctx, user_data, result, &ended);
	if (ended != 1 || posted.unlisted)
		request = 0;
	/* Of several nobody can tell which it is, and the memory of the others may be gone when they are told of: all are lost. */
	if (!request)
		posted.unlisted += ended;
	if (request) {
		*found = UNRACED_OF_THIS;
	} else if (posted.unlisted) {
		*found = UNRACED_OF_ANY;
		posted.unlisted--;
	} else if (take_doubtful(&posted, ctx, user_data, result, &request)) {
		*found = request ? UNRACED_PERHAPS_THIS : UNRACED_OF_ANY;
	} else {
		*found = UNRACED_OF_NONE;
	}
	store_posted(capture, ctx, user_data, &posted);
	unraced_lock_give(&capture->posted_lock);
	return (const struct io_kiocb *)(unsigned long)request;
}

#endif
