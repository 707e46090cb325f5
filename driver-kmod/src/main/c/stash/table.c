// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "stash/table.h"

size_t unraced_order_bytes(u32 capacity)
{
	return 2 * (size_t)capacity * sizeof(u32);
}

void *unraced_order_init(struct unraced_order *order, u32 capacity, void *memory)
{
	order->capacity = capacity;
	order->older = memory;
	order->newer = order->older + capacity;
	unraced_order_clear(order);
	return order->newer + capacity;
}

void unraced_order_clear(struct unraced_order *order)
{
	u32 slot;

	for (slot = 0; slot < order->capacity; slot++)
		order->newer[slot] = slot + 1 < order->capacity ? slot + 1 : UNRACED_NONE;
	order->free = order->capacity ? 0 : UNRACED_NONE;
	order->oldest = UNRACED_NONE;
	order->newest = UNRACED_NONE;
	order->size = 0;
}

/* Returns a power of two, at least twice the capacity. */
static size_t bucket_count(u32 capacity)
{
	size_t count = 2;

	while (count < 2 * (size_t)capacity)
		count *= 2;
	return count;
}

static size_t padded(size_t bytes)
{
	return (bytes + sizeof(u64) - 1) & ~(sizeof(u64) - 1);
}

size_t unraced_table_bytes(u32 capacity)
{
	return capacity * sizeof(struct unraced_owner) +
	       padded(unraced_order_bytes(capacity) + bucket_count(capacity) * sizeof(u32));
}

void *unraced_table_init(struct unraced_table *table, u32 capacity, void *memory)
{
	void *after = memory;

	table->owners = memory;
	table->mask = bucket_count(capacity) - 1;
	table->buckets = unraced_order_init(&table->order, capacity, table->owners + capacity);
	memset(table->buckets, 0, bucket_count(capacity) * sizeof(u32));
	return (u8 *)after + unraced_table_bytes(capacity);
}

void unraced_table_clear(struct unraced_table *table)
{
	unraced_order_clear(&table->order);
	memset(table->buckets, 0, ((size_t)table->mask + 1) * sizeof(u32));
}
