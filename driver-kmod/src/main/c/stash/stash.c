// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "stash/stash.h"

/* Shards are aligned to a cache line, so that no two locks share one. */
#define LINE 64

/* A shard has at least this many entries. */
#define SHARD_ENTRIES 256
#define SHARDS_PER_CPU 4

struct shard {
	unraced_lock lock;
	struct unraced_table entries; /* an entry's value is its block */
	struct unraced_table missed;
	struct unraced_order blocks;
	u32 *slot_of_block;
	u32 *lengths;
	u8 *slots;
	u8 *rest;
	struct unraced_stats stats;
} __attribute__((aligned(LINE)));

struct unraced_stash {
	struct unraced_stash_size size;
	size_t bytes;
	u64 seed;
	struct shard *shards;
};

static size_t in_lines(size_t bytes)
{
	return (bytes + LINE - 1) & ~(size_t)(LINE - 1);
}

u32 unraced_stash_shards(u32 entries, u32 long_entries, u32 cpus)
{
	u32 shards = 1, most = SHARDS_PER_CPU * cpus;

	while (2 * shards <= most && entries / (2 * shards) >= SHARD_ENTRIES && long_entries >= 2 * shards)
		shards *= 2;
	return shards;
}

struct unraced_stash_size unraced_stash_table_size(u32 entries, u32 bytes, bool pairs, u32 cpus)
{
	return (struct unraced_stash_size){
		.entries = entries,
		.short_bytes = bytes,
		.long_bytes = bytes,
		.shards = unraced_stash_shards(entries, entries, cpus),
		.pairs = pairs,
	};
}

static u32 share(u32 total, u32 shards)
{
	return total / shards + (total % shards != 0);
}

static size_t rest_bytes(const struct unraced_stash_size *size)
{
	return size->long_bytes - size->short_bytes;
}

static u32 missed_capacity(const struct unraced_stash_size *size, u32 entries)
{
	return entries > size->remembered ? entries : size->remembered;
}

static size_t shard_bytes(const struct unraced_stash_size *size)
{
	u32 entries = share(size->entries, size->shards), blocks = share(size->long_entries, size->shards);

	return in_lines(unraced_table_bytes(entries) + unraced_table_bytes(missed_capacity(size, entries)) +
			unraced_order_bytes(blocks) + blocks * sizeof(u32) + entries * sizeof(u32)) +
	       in_lines((size_t)entries * size->short_bytes) + in_lines(blocks * rest_bytes(size));
}

static void shard_init(struct shard *shard, const struct unraced_stash_size *size, u8 *memory)
{
	u32 entries = share(size->entries, size->shards), blocks = share(size->long_entries, size->shards);
	u8 *end = memory + shard_bytes(size);
	void *at = memory;

	unraced_lock_init(&shard->lock);
	at = unraced_table_init(&shard->entries, entries, at);
	at = unraced_table_init(&shard->missed, missed_capacity(size, entries), at);
	shard->entries.pairs = size->pairs;
	shard->missed.pairs = size->pairs;
	shard->slot_of_block = unraced_order_init(&shard->blocks, blocks, at);
	shard->lengths = shard->slot_of_block + blocks;
	shard->rest = end - in_lines(blocks * rest_bytes(size));
	shard->slots = shard->rest - in_lines((size_t)entries * size->short_bytes);
	/* The rounded shares of the shards may add up to more than the requested size. */
	shard->stats.capacity = entries;
}

static bool makes_sense(const struct unraced_stash_size *size)
{
	return size->entries && size->short_bytes && size->long_bytes >= size->short_bytes && size->shards &&
	       !(size->shards & (size->shards - 1)) && size->shards <= size->entries &&
	       (size->long_bytes == size->short_bytes || size->long_entries >= size->shards);
}

struct unraced_stash *unraced_stash_new(const struct unraced_stash_size *size, u64 seed)
{
	struct unraced_stash *stash;
	size_t heads, bytes;
	u8 *memory;
	u32 i;

	if (!makes_sense(size))
		return NULL;
	heads = in_lines(sizeof(*stash)) + size->shards * sizeof(struct shard) + LINE;
	bytes = heads + size->shards * shard_bytes(size);
	memory = unraced_memory_allocate(bytes);
	if (!memory)
		return NULL;
	stash = (struct unraced_stash *)memory;
	stash->size = *size;
	stash->bytes = bytes;
	stash->seed = seed;
	stash->shards = (struct shard *)in_lines((size_t)memory + sizeof(*stash));
	for (i = 0; i < size->shards; i++)
		shard_init(&stash->shards[i], size, memory + heads + i * shard_bytes(size));
	return stash;
}

void unraced_stash_free(struct unraced_stash *stash)
{
	unraced_memory_free(stash);
}

/* The seed is secret, so that no caller can choose keys that collide. */
static u32 hash_of(const struct unraced_stash *stash, u64 thread, u64 start)
{
	u64 key = thread ^ stash->seed;

	return unraced_hash(stash->size.pairs ? key ^ unraced_hash(start ^ stash->seed) * 0x9e3779b97f4a7c15ull : key);
}

static struct shard *shard_of(struct unraced_stash *stash, u32 hash)
{
	/* The low bits choose the bucket. */
	return &stash->shards[(hash >> 16) & (stash->size.shards - 1)];
}

static void remove_entry(struct shard *shard, u32 slot)
{
	u32 block = shard->entries.owners[slot].value;

	if (block != UNRACED_NONE)
		unraced_order_remove(&shard->blocks, block);
	unraced_table_remove(&shard->entries, slot);
}

static void remove_missed(struct shard *shard, u64 thread, u64 start, u32 hash)
{
	u32 slot = unraced_table_find(&shard->missed, thread, start, hash);

	if (slot != UNRACED_NONE)
		unraced_table_remove(&shard->missed, slot);
}

static void evict(struct shard *shard, u32 slot)
{
	struct unraced_owner gone = shard->entries.owners[slot];

	remove_entry(shard, slot);
	shard->stats.evicted++;
	if (shard->missed.order.size == shard->missed.order.capacity)
		unraced_table_remove(&shard->missed, shard->missed.order.oldest);
	unraced_table_add(&shard->missed, gone.thread, gone.hash, gone.start, gone.call);
}

/*
 * Removes what the shard knows of the thread, and makes room for its entry. An entry that is there
 * is of an earlier call whose return was missed, and is replaced unread. So a thread that took over
 * its process by exec, and with it the id and the start time of the leader, finds none of the
 * leader's (R4.2).
 */
static int admit(struct shard *shard, u64 thread, u64 start, u32 hash, bool is_long)
{
	u32 slot = unraced_table_find(&shard->entries, thread, start, hash);
	int outcome = UNRACED_STORED;

	if (slot != UNRACED_NONE) {
		remove_entry(shard, slot);
		shard->stats.stale++;
		outcome = UNRACED_REPLACED;
	} else {
		remove_missed(shard, thread, start, hash);
	}
	if (is_long && shard->blocks.size == shard->blocks.capacity) {
		evict(shard, shard->slot_of_block[shard->blocks.oldest]);
		outcome = UNRACED_PUT_EVICTED;
	}
	if (shard->entries.order.size == shard->entries.order.capacity) {
		evict(shard, shard->entries.order.oldest);
		outcome = UNRACED_PUT_EVICTED;
	}
	return outcome;
}

static u8 *slot_bytes(const struct unraced_stash *stash, const struct shard *shard, u32 slot)
{
	return shard->slots + (size_t)slot * stash->size.short_bytes;
}

static u8 *block_bytes(const struct unraced_stash *stash, const struct shard *shard, u32 block)
{
	return shard->rest + block * rest_bytes(&stash->size);
}

int unraced_stash_put(struct unraced_stash *stash, u64 thread, u64 start, u32 call, const void *from, u32 length)
{
	u32 hash = hash_of(stash, thread, start);
	struct shard *shard = shard_of(stash, hash);
	u32 in_slot = min(length, stash->size.short_bytes);
	bool is_long = length > in_slot;
	u32 slot;
	int outcome;

	if (length > stash->size.long_bytes)
		return UNRACED_PUT_TOO_LONG;
	unraced_lock_acquire(&shard->lock);
	outcome = admit(shard, thread, start, hash, is_long);
	slot = unraced_table_add(&shard->entries, thread, hash, start, call);
	shard->stats.puts++;
	shard->lengths[slot] = length;
	memcpy(slot_bytes(stash, shard, slot), from, in_slot);
	if (is_long) {
		u32 block = unraced_order_add(&shard->blocks);

		shard->entries.owners[slot].value = block;
		shard->slot_of_block[block] = slot;
		memcpy(block_bytes(stash, shard, block), (const u8 *)from + in_slot, length - in_slot);
	}
	unraced_lock_release(&shard->lock);
	return outcome;
}

static int recall(struct shard *shard, u64 thread, u32 hash, u64 start, u32 call)
{
	u32 slot = unraced_table_find(&shard->missed, thread, start, hash);
	bool answers;

	if (slot == UNRACED_NONE)
		return UNRACED_TAKE_MISSING;
	answers = unraced_table_answers(&shard->missed, slot, start, call);
	unraced_table_remove(&shard->missed, slot);
	return answers ? UNRACED_TAKE_EVICTED : UNRACED_TAKE_MISSING;
}

static void copy_out(const struct unraced_stash *stash, const struct shard *shard, u32 slot, u8 *to)
{
	u32 length = shard->lengths[slot];
	u32 in_slot = min(length, stash->size.short_bytes);

	memcpy(to, slot_bytes(stash, shard, slot), in_slot);
	if (length > in_slot)
		memcpy(to + in_slot, block_bytes(stash, shard, shard->entries.owners[slot].value), length - in_slot);
}

static int take(struct unraced_stash *stash, struct shard *shard, u64 thread, u32 hash, u64 start, u32 call, void *to,
		u32 room)
{
	u32 slot = unraced_table_find(&shard->entries, thread, start, hash);
	u32 length;

	if (slot == UNRACED_NONE)
		return recall(shard, thread, hash, start, call);
	if (!unraced_table_answers(&shard->entries, slot, start, call)) {
		remove_entry(shard, slot);
		shard->stats.stale++;
		return UNRACED_TAKE_STALE;
	}
	length = shard->lengths[slot];
	if (length > room)
		return UNRACED_TAKE_NO_ROOM;
	copy_out(stash, shard, slot, to);
	remove_entry(shard, slot);
	shard->stats.takes++;
	return length;
}

int unraced_stash_take(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room)
{
	u32 hash = hash_of(stash, thread, start);
	struct shard *shard = shard_of(stash, hash);
	int outcome;

	unraced_lock_acquire(&shard->lock);
	outcome = take(stash, shard, thread, hash, start, call, to, room);
	unraced_lock_release(&shard->lock);
	return outcome;
}

static bool holds(const struct shard *shard, u64 thread, u32 hash, u64 start, u32 call)
{
	u32 slot = unraced_table_find(&shard->entries, thread, start, hash);

	return slot != UNRACED_NONE && unraced_table_answers(&shard->entries, slot, start, call);
}

int unraced_stash_take_held(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room)
{
	u32 hash = hash_of(stash, thread, start);
	struct shard *shard = shard_of(stash, hash);
	int outcome = UNRACED_TAKE_MISSING;

	unraced_lock_acquire(&shard->lock);
	if (holds(shard, thread, hash, start, call))
		outcome = take(stash, shard, thread, hash, start, call, to, room);
	unraced_lock_release(&shard->lock);
	return outcome;
}

bool unraced_stash_touch(struct unraced_stash *stash, u64 thread, u64 start, u32 call, unraced_touch *touch,
			 const void *with)
{
	u32 hash = hash_of(stash, thread, start);
	struct shard *shard = shard_of(stash, hash);
	bool done = false;
	u32 slot;

	unraced_lock_acquire(&shard->lock);
	slot = unraced_table_find(&shard->entries, thread, start, hash);
	if (slot != UNRACED_NONE && unraced_table_answers(&shard->entries, slot, start, call) &&
	    shard->lengths[slot] <= stash->size.short_bytes)
		done = touch(slot_bytes(stash, shard, slot), with);
	unraced_lock_release(&shard->lock);
	return done;
}

/* Adds an entry of zeros. A full shard evicts its oldest entry. */
static u32 make_entry(const struct unraced_stash *stash, struct shard *shard, u64 thread, u32 hash, u64 start, u32 call)
{
	u32 slot;

	if (shard->entries.order.size == shard->entries.order.capacity)
		evict(shard, shard->entries.order.oldest);
	slot = unraced_table_add(&shard->entries, thread, hash, start, call);
	shard->stats.puts++;
	shard->lengths[slot] = stash->size.short_bytes;
	memset(slot_bytes(stash, shard, slot), 0, stash->size.short_bytes);
	return slot;
}

static bool edit(struct unraced_stash *stash, struct shard *shard, u64 thread, u32 hash, u64 start, u32 call, bool make,
		 unraced_editor *editor, void *with)
{
	u32 slot = unraced_table_find(&shard->entries, thread, start, hash);
	struct unraced_edit found = { .lossy = shard->stats.evicted };

	if (slot != UNRACED_NONE && !unraced_table_answers(&shard->entries, slot, start, call)) {
		remove_entry(shard, slot);
		shard->stats.stale++;
		slot = UNRACED_NONE;
	}
	found.known = slot != UNRACED_NONE;
	if (!found.known) {
		found.evicted = recall(shard, thread, hash, start, call) == UNRACED_TAKE_EVICTED;
		if (!make && !found.evicted)
			return false;
		slot = make_entry(stash, shard, thread, hash, start, call);
	}
	found.entry = slot_bytes(stash, shard, slot);
	if (!editor(&found, with)) {
		remove_entry(shard, slot);
		shard->stats.takes++;
	}
	return true;
}

bool unraced_stash_edit(struct unraced_stash *stash, u64 thread, u64 start, u32 call, bool make, unraced_editor *editor,
			void *with)
{
	u32 hash = hash_of(stash, thread, start);
	struct shard *shard = shard_of(stash, hash);
	bool edited;

	if (stash->size.long_bytes != stash->size.short_bytes)
		return false;
	unraced_lock_acquire(&shard->lock);
	edited = edit(stash, shard, thread, hash, start, call, make, editor, with);
	unraced_lock_release(&shard->lock);
	return edited;
}

bool unraced_stash_discard(struct unraced_stash *stash, u64 thread)
{
	u32 hash = hash_of(stash, thread, 0);
	struct shard *shard = shard_of(stash, hash);
	u32 slot;

	unraced_lock_acquire(&shard->lock);
	slot = unraced_table_find(&shard->entries, thread, 0, hash);
	if (slot == UNRACED_NONE) {
		remove_missed(shard, thread, 0, hash);
	} else {
		remove_entry(shard, slot);
		shard->stats.reclaimed++;
	}
	unraced_lock_release(&shard->lock);
	return slot != UNRACED_NONE;
}

void unraced_stash_clear(struct unraced_stash *stash)
{
	u32 i;

	for (i = 0; i < stash->size.shards; i++) {
		struct shard *shard = &stash->shards[i];

		unraced_lock_acquire(&shard->lock);
		shard->stats.reclaimed += shard->entries.order.size;
		unraced_table_clear(&shard->entries);
		unraced_table_clear(&shard->missed);
		unraced_order_clear(&shard->blocks);
		unraced_lock_release(&shard->lock);
	}
}

void unraced_stash_read(struct unraced_stash *stash, struct unraced_stats *stats)
{
	u32 i;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < stash->size.shards; i++) {
		struct shard *shard = &stash->shards[i];

		unraced_lock_acquire(&shard->lock);
		stats->puts += shard->stats.puts;
		stats->takes += shard->stats.takes;
		stats->evicted += shard->stats.evicted;
		stats->reclaimed += shard->stats.reclaimed;
		stats->stale += shard->stats.stale;
		stats->live += shard->entries.order.size;
		stats->capacity += shard->stats.capacity;
		unraced_lock_release(&shard->lock);
	}
	stats->bytes = stash->bytes;
}
