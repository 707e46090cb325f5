/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file finds out whether a later request of the same batch closed a descriptor before the completion of its open
 * was reported (R2.42).
 */
#ifndef UNRACED_IOURING_BATCH_H
#define UNRACED_IOURING_BATCH_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "iouring/types.h"
#include "lib/core_access.h"

/*
 * A batch of requests that the kernel executed one after the other, and whose completions it reports together
 * afterwards.
 */
struct batch {
	__u64 at; /* struct io_wq_work_node of the request in turn */
	__u64 own;
	__s32 fd;
	__u32 closed; /* 1: a request after the own one closed fd, or any request if the own one is not in the batch */
};
/* Returns how many requests the kernel has taken from the request's ring. */
static __always_inline __u32 requests_taken(struct io_kiocb *req)
{
	struct io_ring_ctx *ring = KREAD(req, ctx);

	return KREAD(ring, cached_sq_head);
}

/* At most this many requests of a batch are searched. */
#define BATCH_STEPS 512

static long batch_step(__u64 step, struct batch *batch)
{
	struct io_wq_work_node *at = (void *)batch->at;
	struct io_kiocb *req = (void *)at - bpf_core_field_offset(struct io_kiocb, comp_list);

	if (!at)
		return 1;
	if (batch->at == batch->own) {
		batch->closed = 0;
	} else if (KREAD(req, opcode) == IORING_OP_CLOSE) {
		struct io_close *close = command_of(req);

		if (!KREAD(close, file_slot) && KREAD(close, fd) == batch->fd)
			batch->closed = 1;
	}
	batch->at = (__u64)KREAD(at, next);
	return 0;
}

/*
 * Tells whether a later request of the batch closed the descriptor that this request opened, or may have. Within the
 * batch, only a close frees the descriptor for another file. Changes by other threads, workers among them, show in the
 * sharing of the table.
 */
static __always_inline bool was_closed_in_batch(struct io_kiocb *req, __s32 fd)
{
	struct io_ring_ctx *ring = KREAD(req, ctx);
	struct batch batch = { .fd = fd, .own = (__u64)req + bpf_core_field_offset(struct io_kiocb, comp_list) };

	if (!bpf_core_field_exists(struct io_kiocb, comp_list))
		return 1;
	batch.at = (__u64)KREAD(ring, submit_state.compl_reqs.first);
	return bpf_loop(BATCH_STEPS, batch_step, &batch, 0) == BATCH_STEPS || batch.closed;
}

#endif
