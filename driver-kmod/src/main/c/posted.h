/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which requests of io_urings are in flight, by ring and user_data. That and its result is all that the kernel tells of a
 * completion for which the ring has no room, and requests may share a user_data.
 */
#ifndef UNRACED_POSTED_H
#define UNRACED_POSTED_H

#include "capture.h"

struct io_kiocb;

/* Of those that share a user_data, so many are told from each other. */
#define UNRACED_POSTED_LISTED 4

struct unraced_posted {
	struct {
		u64 request;
		s32 before; /* of a connect its socket's number, of an open the old result: what lies where the new one will */
		u32 opcode;
	} listed[UNRACED_POSTED_LISTED];
	u32 size;
	u32 unlisted;
};

#define UNRACED_POSTED_BYTES sizeof(struct unraced_posted)

void unraced_posted_add(struct unraced_capture *capture, const struct io_kiocb *req);
/* Of one that ended; whether it was added, in case that nobody could tell it from the others. */
void unraced_posted_remove(struct unraced_capture *capture, const struct io_kiocb *req, bool added);
enum unraced_found {
	UNRACED_OF_NONE, /* it is of none that was added */
	UNRACED_OF_THIS,
	UNRACED_OF_ANY, /* nobody can tell of which it is */
	UNRACED_PERHAPS_THIS, /* it may be of this one, or forged: lost until that one's end is told after all */
};

/* The request that a completion without room is of; null unless it is found, or doubtful. */
const struct io_kiocb *unraced_posted_find(struct unraced_capture *capture, const void *ctx, u64 user_data, s32 result,
					   enum unraced_found *found);

#endif
