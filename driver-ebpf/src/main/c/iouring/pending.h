/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file counts the pending requests that share a ring and a user_data. */
#ifndef UNRACED_IOURING_PENDING_H
#define UNRACED_IOURING_PENDING_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "iouring/types.h"
#include "lib/core_access.h"
#include "lib/maps.h"

/*
 * The counts of requests that share ring and user_data. An overflowing completion with this ring and user_data may
 * belong to any of them, or to a message from another ring. It counts one more of them as lost, until all are. When one
 * of them later ends with an event while all count as lost, its loss is taken back.
 */
#define ONE_PENDING (1ull << 32)
/* The counts of an entry that is about to be deleted: an increment would be lost with it. */
#define OVER ~0ull
/* Each failed try is another CPU's success. Giving up leaves one loss too many, never one too few. */
#define COUNT_TRIES 8

static __always_inline bool counts_become(struct pending_requests *same, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(&same->counts, from, to) == from;
}

/* Counts one more request as lost. Returns false when all count as lost already. */
static __always_inline bool count_pending_loss(struct pending_requests *same)
{
	for (int i = 0; i < COUNT_TRIES; i++) {
		__u64 counts = *(volatile __u64 *)&same->counts;

		if ((counts >> 32) <= (__u32)counts)
			return 0;
		if (counts_become(same, counts, counts + 1))
			return 1;
	}
	return 1;
}

/* Counts the event of a request. Returns true when a loss must be taken back. */
static __always_inline bool count_pending_event(struct pending_requests *same, const struct completion_key *key)
{
	for (int i = 0; i < COUNT_TRIES; i++) {
		__u64 counts = *(volatile __u64 *)&same->counts;
		bool was_lost = (counts >> 32) <= (__u32)counts;
		bool was_last = (counts >> 32) == 1;

		if (!(counts >> 32) || counts == OVER)
			return 0;
		if (!counts_become(same, counts, was_last ? OVER : counts - ONE_PENDING - was_lost))
			continue;
		if (was_last)
			bpf_map_delete_elem(&pending, key);
		return was_lost;
	}
	return 0;
}

/* Counts a new request. Returns false when the map is full, or when other CPUs won every try. */
static __always_inline bool count_pending(const struct completion_key *key, __u64 address)
{
	struct pending_requests first = { .latest = address, .counts = ONE_PENDING };

	for (int i = 0; i < COUNT_TRIES; i++) {
		struct pending_requests *same = bpf_map_lookup_elem(&pending, key);
		__u64 counts;

		if (!same) {
			int error = add_entry(&pending, key, &first);

			if (error != -EEXIST)
				return !error;
			continue;
		}
		counts = *(volatile __u64 *)&same->counts;
		if (counts == OVER || !counts_become(same, counts, counts + ONE_PENDING))
			continue;
		if (bpf_map_lookup_elem(&pending, key) == same) {
			same->latest = address;
			return 1;
		}
		/* The kernel has given this entry's memory to another key. */
		__sync_fetch_and_add(&same->counts, -ONE_PENDING);
	}
	return 0;
}

static __always_inline struct completion_key completion_key_of(struct io_kiocb *req)
{
	return (struct completion_key){ .ring = (__u64)KREAD(req, ctx), .user_data = KREAD(req, cqe.user_data) };
}

#endif
