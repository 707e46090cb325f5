/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requests of io_urings that are in flight, by ring and user_data. When the ring has no room for a completion, the
 * kernel reports only ring, user_data and result, and requests may share a user_data.
 */
#ifndef UNRACED_IOURING_PENDING_H
#define UNRACED_IOURING_PENDING_H

#include "lib/capture.h"

struct io_kiocb;

/* Requests that share (ring, user_data) are tracked individually up to this number. */
#define UNRACED_PENDING_LISTED 4

struct unraced_pending_requests {
	struct {
		u64 request;
		/*
		 * the old value where the result will lie: the descriptor of a connect's socket, or an open's earlier
		 * result
		 */
		s32 before;
		/* the error with which the kernel refused the request, which then never runs, or 0 */
		s32 refusal;
		u32 opcode;
	} listed[UNRACED_PENDING_LISTED];
	u32 size;
	u32 unlisted;
};

#define UNRACED_PENDING_BYTES sizeof(struct unraced_pending_requests)

/* Adds a request at its submission. "refusal" is the error with which the kernel refused it then, or 0. */
void unraced_pending_add(struct unraced_capture *capture, const struct io_kiocb *req, s32 refusal);
/* Removes a request that completed. added says whether it was added, in case it was not tracked individually. */
void unraced_pending_remove(struct unraced_capture *capture, const struct io_kiocb *req, bool added);
enum unraced_found {
	UNRACED_OF_NONE, /* no added request fits */
	UNRACED_OF_THIS,
	UNRACED_OF_ANY, /* several requests fit, or an untracked one */
	/* this request fits, or the value is forged; it counts as lost until its own completion is reported */
	UNRACED_PERHAPS_THIS,
};

/* Returns the request of a completion without room; null unless it is found, or in doubt. */
const struct io_kiocb *unraced_pending_find(struct unraced_capture *capture, const void *ctx, u64 user_data, s32 result,
					   enum unraced_found *found);

#endif
