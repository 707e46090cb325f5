// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "out/ring.h"

void unraced_ring_init(struct unraced_ring *ring, u64 *consumer, u64 *producer, u8 *data, u64 size)
{
	unraced_lock_init(&ring->lock);
	ring->consumer = consumer;
	ring->producer = producer;
	ring->data = data;
	ring->mask = size - 1;
	ring->position = 0;
}

static u32 *reserve(struct unraced_ring *ring, u32 length)
{
	u64 step = ((u64)length + UNRACED_RING_HEADER + 7) & ~7ull;
	u64 at, unread;
	u32 *header = NULL;

	unraced_lock_acquire(&ring->lock);
	at = ring->position;
	unread = at - unraced_load_acquire(ring->consumer);
	if (unread <= ring->mask + 1 && step <= ring->mask + 1 - unread) {
		header = (u32 *)(ring->data + (at & ring->mask));
		header[0] = length | UNRACED_RING_BUSY;
		header[1] = 0;
		unraced_store_release(&ring->position, at + step);
		unraced_store_release(ring->producer, at + step);
	}
	unraced_lock_release(&ring->lock);
	return header;
}

bool unraced_ring_write(struct unraced_ring *ring, const void *record, u32 length)
{
	u32 *header = reserve(ring, length);

	if (!header)
		return false;
	memcpy((u8 *)header + UNRACED_RING_HEADER, record, length);
	unraced_store_release(header, length);
	return true;
}
