/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A bounded map from a thread to a slot, 0 to capacity - 1, in order of arrival. It uses open addressing and is at most
 * half full. Deletion shifts entries back, so a table never ages. The table's owner locks. What each watched call runs
 * is inline.
 */
#ifndef UNRACED_STASH_TABLE_H
#define UNRACED_STASH_TABLE_H

#include "lib/shim.h"

#define UNRACED_NONE 0xffffffffu

/* Slots in order of arrival; free slots are chained as well. */
struct unraced_order {
	u32 *older;
	u32 *newer;
	u32 capacity;
	u32 size;
	u32 oldest;
	u32 newest;
	u32 free;
};

size_t unraced_order_bytes(u32 capacity);
void *unraced_order_init(struct unraced_order *order, u32 capacity, void *memory);
void unraced_order_clear(struct unraced_order *order);

/* Takes a free slot as the newest; there must be one. */
static inline u32 unraced_order_add(struct unraced_order *order)
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

static inline void unraced_order_remove(struct unraced_order *order, u32 slot)
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

/*
 * The owner of a slot: a thread, whose start tells it from an earlier thread of the same id, and the call that it is
 * in.
 */
struct unraced_owner {
	u64 thread;
	u64 start;
	u32 hash; /* hash of the thread */
	u32 call;
	u32 value; /* free for use by the table's owner */
	u32 reserved;
};

struct unraced_table {
	struct unraced_order order;
	struct unraced_owner *owners;
	u32 *buckets; /* slot + 1; 0 when free */
	u32 mask;
	bool pairs; /* thread and start together are the key */
};

/* This is the finalizer of MurmurHash3. */
static inline u32 unraced_hash(u64 key)
{
	key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdull;
	key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53ull;
	return (u32)(key ^ (key >> 33));
}

size_t unraced_table_bytes(u32 capacity);
void *unraced_table_init(struct unraced_table *table, u32 capacity, void *memory);
void unraced_table_clear(struct unraced_table *table);

static inline u32 unraced_table_home(const struct unraced_table *table, u32 slot)
{
	return table->owners[slot].hash & table->mask;
}

static inline u32 unraced_table_next(const struct unraced_table *table, u32 bucket)
{
	return (bucket + 1) & table->mask;
}

/* The hash must be the same at each call with a key. The start counts only in a table of pairs. */
static inline u32 unraced_table_find(const struct unraced_table *table, u64 thread, u64 start, u32 hash)
{
	u32 at;

	if (!table->order.size)
		return UNRACED_NONE;
	for (at = hash & table->mask; table->buckets[at]; at = unraced_table_next(table, at)) {
		u32 slot = table->buckets[at] - 1;

		if (table->owners[slot].thread == thread && (!table->pairs || table->owners[slot].start == start))
			return slot;
	}
	return UNRACED_NONE;
}

/* The table must have room, and must not have the thread yet. */
static inline u32 unraced_table_add(struct unraced_table *table, u64 thread, u32 hash, u64 start, u32 call)
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
		at = unraced_table_next(table, at);
	table->buckets[at] = slot + 1;
	return slot;
}

/* Empties a bucket, and closes the gap so that no search for a later entry ends there. */
static inline void unraced_table_vacate(struct unraced_table *table, u32 hole)
{
	u32 at;

	for (at = unraced_table_next(table, hole); table->buckets[at]; at = unraced_table_next(table, at)) {
		u32 from_home = (at - unraced_table_home(table, table->buckets[at] - 1)) & table->mask;
		u32 from_hole = (at - hole) & table->mask;

		if (from_home >= from_hole) {
			table->buckets[hole] = table->buckets[at];
			hole = at;
		}
	}
	table->buckets[hole] = 0;
}

static inline void unraced_table_remove(struct unraced_table *table, u32 slot)
{
	u32 at = unraced_table_home(table, slot);

	while (table->buckets[at] != slot + 1)
		at = unraced_table_next(table, at);
	unraced_table_vacate(table, at);
	unraced_order_remove(&table->order, slot);
}

static inline bool unraced_table_answers(const struct unraced_table *table, u32 slot, u64 start, u32 call)
{
	return table->owners[slot].start == start && table->owners[slot].call == call;
}

#endif
