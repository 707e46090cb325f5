/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The producer's side of a ring in the protocol of the BPF ring buffer. Positions never wrap; a record is an 8-byte
 * header and data; the data area is mapped twice in a row so that no record is split. The consumer writes its position
 * itself: whatever the value, the producer stays within its data.
 */
#ifndef UNRACED_OUT_RING_H
#define UNRACED_OUT_RING_H

#include "lib/shim.h"

#define UNRACED_RING_HEADER 8
#define UNRACED_RING_BUSY (1u << 31)

struct unraced_ring {
	unraced_lock lock;
	u64 *consumer; /* the first word of the consumer's page */
	u64 *producer; /* the first word of the producer's page */
	u8 *data;
	u64 mask;
	u64 position; /* the producer's own copy; the mapped one is for the consumer */
};

/* The size is a power of two; the data is mapped twice. */
void unraced_ring_init(struct unraced_ring *ring, u64 *consumer, u64 *producer, u8 *data, u64 size);
/* The number of bytes that the consumer has not released yet, by its own position. */
static inline u64 unraced_ring_unread(const struct unraced_ring *ring)
{
	return unraced_load_acquire(&ring->position) - unraced_load_acquire(ring->consumer);
}

/* Returns false if the ring has no room. */
bool unraced_ring_write(struct unraced_ring *ring, const void *record, u32 length);

#endif
