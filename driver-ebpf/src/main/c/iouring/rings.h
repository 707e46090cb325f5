/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file knows the rings that were made while the capture was open. The programs saw the submission of each of their
 * requests, whereas a request of an older ring may have waited since before the capture.
 */
#ifndef UNRACED_IOURING_RINGS_H
#define UNRACED_IOURING_RINGS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "iouring/types.h"
#include "lib/attach_points.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/* A ring that this map gives up counts as an older one, which costs at most a loss too many. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64); /* struct io_ring_ctx */
	__type(value, __u8);
} young_rings SEC(".maps");

/* The loader attaches this program after those that see submissions. */
TRACEPOINT("io_uring", "io_uring_create")
int request_ring(void *ctx)
{
	struct unraced_control *shared = SCRATCH(control);
	__u64 ring = TP_ARG(ctx, io_uring_create, 1, ctx);
	__u8 is_young = 1;

	if (shared && shared->active)
		bpf_map_update_elem(&young_rings, &ring, &is_young, BPF_ANY);
	return 0;
}

static __always_inline bool is_of_young_ring(struct io_kiocb *req)
{
	__u64 ring = KREAD_NUMBER(req, ctx);

	return bpf_map_lookup_elem(&young_rings, &ring) != 0;
}

#endif
