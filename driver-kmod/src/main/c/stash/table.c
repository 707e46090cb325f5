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

u32 unraced_order_add(struct unraced_order *order)
{
	u32 slot = order->free;

	order->free = order->newer[slot];
	order->older[slot] = order->newest;
	order->newer[slot] = UNRACED_NONE;
	if (order->newest == UNRACED_NONE)
		order->oldest = slot;
	else
		order->newer[order->newest] = slot;
	order->newest = slot;
	order->size++;
	return slot;
}

void unraced_order_remove(struct unraced_order *order, u32 slot)
{
	u32 older = order->older[slot], newer = order->newer[slot];

	if (older == UNRACED_NONE)
		order->oldest = newer;
	else
		order->newer[older] = newer;
	if (newer == UNRACED_NONE)
		order->newest = older;
	else
		order->older[newer] = older;
	order->newer[slot] = order->free;
	order->free = slot;
	order->size--;
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

static u32 home(const struct unraced_table *table, u32 slot)
{
	return table->owners[slot].hash & table->mask;
}

static u32 next(const struct unraced_table *table, u32 bucket)
{
	return (bucket + 1) & table->mask;
}

u32 unraced_table_find(const struct unraced_table *table, u64 thread, u64 start, u32 hash)
{
	u32 at;

	if (!table->order.size)
		return UNRACED_NONE;
	for (at = hash & table->mask; table->buckets[at]; at = next(table, at)) {
		u32 slot = table->buckets[at] - 1;

		if (table->owners[slot].thread == thread && (!table->pairs || table->owners[slot].start == start))
			return slot;
	}
	return UNRACED_NONE;
}

u32 unraced_table_add(struct unraced_table *table, u64 thread, u32 hash, u64 start, u32 call)
{
	u32 slot = unraced_order_add(&table->order);
	struct unraced_owner *owner = &table->owners[slot];
	u32 at = hash & table->mask;

	owner->thread = thread;
	owner->hash = hash;
	owner->start = start;
	owner->call = call;
	owner->value = UNRACED_NONE;
	while (table->buckets[at])
		at = next(table, at);
	table->buckets[at] = slot + 1;
	return slot;
}

/* Empties a bucket, and closes the gap so that no search for a later entry ends there. */
static void vacate(struct unraced_table *table, u32 hole)
{
	u32 at;

	for (at = next(table, hole); table->buckets[at]; at = next(table, at)) {
		u32 from_home = (at - home(table, table->buckets[at] - 1)) & table->mask;
		u32 from_hole = (at - hole) & table->mask;

		if (from_home >= from_hole) {
			table->buckets[hole] = table->buckets[at];
			hole = at;
		}
	}
	table->buckets[hole] = 0;
}

void unraced_table_remove(struct unraced_table *table, u32 slot)
{
	u32 at = home(table, slot);

	while (table->buckets[at] != slot + 1)
		at = next(table, at);
	vacate(table, at);
	unraced_order_remove(&table->order, slot);
}
