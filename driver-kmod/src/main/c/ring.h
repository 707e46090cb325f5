/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The producer's side of a ring in the protocol of the BPF ring buffer: positions that never wrap, records of an 8-byte
 * header and data, the data area mapped twice in a row so that no record is split. The consumer's position is in memory
 * that the consumer writes: whatever it says, the producer stays within its data.
 */
#ifndef UNRACED_RING_H
#define UNRACED_RING_H

#include "shim.h"

#define UNRACED_RING_HEADER 8
#define UNRACED_RING_BUSY (1u << 31)

struct unraced_ring {
	unraced_lock lock;
	u64 *consumer; /* the first word of the consumer's page */
	u64 *producer; /* the first word of the producer's page */
	u8 *data;
	u64 mask;
	u64 position; /* the producer's own, as the mapped one is for others to read */
};

/* The size is a power of two; the data is mapped twice. */
void unraced_ring_init(struct unraced_ring *ring, u64 *consumer, u64 *producer, u8 *data, u64 size);
/* Bytes that the consumer has not given back yet, by its own word. */
static inline u64 unraced_ring_unread(const struct unraced_ring *ring)
{
	return unraced_load_acquire(&ring->position) - unraced_load_acquire(ring->consumer);
}

/* Whether there was room. */
bool unraced_ring_write(struct unraced_ring *ring, const void *record, u32 length);

#endif
