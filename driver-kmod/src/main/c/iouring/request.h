/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests between their submission and their completion, by the address of their struct io_kiocb. */
#ifndef UNRACED_IOURING_REQUEST_H
#define UNRACED_IOURING_REQUEST_H

#include "call/scratch.h"
#include "iouring/types.h"

#ifdef UNRACED_READS_IO_URING

/* Returns whether the capture has events of this call; 0 is no call. */
bool unraced_is_watched_request(const struct unraced_capture *capture, u8 syscall);
/* Takes the request's entry into the scratch memory. Returns its length, or an enum unraced_take. */
int unraced_request_take(struct unraced_capture *capture, struct unraced_scratch *scratch, const struct io_kiocb *req);
void unraced_request_put(struct unraced_capture *capture, struct unraced_scratch *scratch, const struct io_kiocb *req);
/* Starts a new call for a request, in the scratch memory. "filters" is the word of the filters that judge it. */
void unraced_begin_request(struct unraced_capture *capture, struct unraced_scratch *scratch, u8 syscall, u32 filters);
/*
 * Returns whether the kernel has put the request off: behind others, to a worker, or until its socket is ready. A later
 * member of a chain can have the first one put off.
 */
bool unraced_was_put_off(const struct io_kiocb *req);
/* Describes the file behind the descriptor that the call's result names, as the current task sees it. */
void unraced_describe_opened(struct unraced_scratch *scratch);

#endif

#endif
