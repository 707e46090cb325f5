/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The stash keeps what was read when a call entered, until the same call returns. It has at most one entry per thread.
 * An entry answers only its own call: thread, start time and call must be those of the put (R4.1). The key is no
 * memory, which a child of vfork(2) has in common with its parent (R4.3). Taking copies the entry out under its shard's
 * lock, so no reader sees a slot that has passed to another thread (R5.3).
 *
 * All memory is allocated at the start (R7.1). Short entries lie in their slot; the rest of a long entry lies in a
 * block, and blocks are fewer. A full shard evicts its oldest entry; a shard without a free block evicts its oldest
 * long entry. It remembers the evicted call until that call returns.
 */
#ifndef UNRACED_STASH_STASH_H
#define UNRACED_STASH_STASH_H

#include "lib/device.h"
#include "stash/table.h"

/* The outcome of a put; the order is that of dev.unraced.stash.ArgStash.Put. */
enum unraced_put {
	UNRACED_STORED = 0,
	UNRACED_REPLACED = 1, /* a stale entry of the same thread was there, which no return had taken */
	UNRACED_PUT_EVICTED = 2,
	UNRACED_PUT_TOO_LONG = -1,
};

/* Outcomes in place of a length; the numbers are those of dev.unraced.stash.ArgStash. */
enum unraced_take {
	UNRACED_TAKE_MISSING = -1,
	UNRACED_TAKE_STALE = -2,
	UNRACED_TAKE_EVICTED = -3,
	UNRACED_TAKE_NO_ROOM = -5, /* the entry stays */
};

struct unraced_stash_size {
	u32 entries;
	u32 long_entries;
	u32 short_bytes; /* bytes in a slot */
	u32 long_bytes;	 /* the most bytes that an entry can have */
	u32 shards;	 /* a power of two */
	u32 remembered;	 /* evicted calls that each shard remembers, at least */
	u32 pairs;	 /* nonzero: thread and start together are the key, so a thread can have several entries */
};

/*
 * Returns a number of shards so small that each has its share of slots and blocks, and so large that processors seldom
 * wait for each other's locks.
 */
u32 unraced_stash_shards(u32 entries, u32 long_entries, u32 cpus);
/* Returns the size of a stash whose entries all have one length. */
struct unraced_stash_size unraced_stash_table_size(u32 entries, u32 bytes, bool pairs, u32 cpus);

struct unraced_stash;

/* Returns null if there is no memory, or the sizes make no sense. The seed should be random. */
struct unraced_stash *unraced_stash_new(const struct unraced_stash_size *size, u64 seed);
void unraced_stash_free(struct unraced_stash *stash);

int unraced_stash_put(struct unraced_stash *stash, u64 thread, u64 start, u32 call, const void *from, u32 length);
/* Returns the length, or an enum unraced_take; afterwards the stash knows nothing of the thread. */
int unraced_stash_take(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room);
/*
 * Calls a function with an entry in place, under its shard's lock; an entry that has a block is skipped. The function
 * may change bytes. The result is that of the function, or false if it was not called.
 */
typedef bool unraced_touch(void *entry, const void *with);
bool unraced_stash_touch(struct unraced_stash *stash, u64 thread, u64 start, u32 call, unraced_touch *touch,
			 const void *with);
/* The entry that an editor gets. */
struct unraced_edit {
	void *entry;  /* short_bytes of data; zeros in a new entry */
	bool known;   /* the entry was there before */
	bool evicted; /* an entry of this key was evicted */
	bool lossy;   /* the shard has evicted entries since the start, so it may have forgotten this key, too */
};
/* Changes an entry, and returns whether it stays. */
typedef bool unraced_editor(const struct unraced_edit *found, void *with);
/*
 * Edits an entry in place, under its shard's lock, in a stash without long entries. A missing entry is made if the
 * caller asks for it, or if it was evicted. Returns whether the editor was called.
 */
bool unraced_stash_edit(struct unraced_stash *stash, u64 thread, u64 start, u32 call, bool make, unraced_editor *editor,
			void *with);
/* Takes an entry that answers the call. Otherwise nothing changes, and the reason stays for the next take. */
int unraced_stash_take_held(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room);
/* Reclaims the entry of a thread that ended. Returns whether there was one. */
bool unraced_stash_discard(struct unraced_stash *stash, u64 thread);
/* Reclaims all entries (R6.5). */
void unraced_stash_clear(struct unraced_stash *stash);
/* Reads the counters, which balance at any time (R8.2). */
void unraced_stash_read(struct unraced_stash *stash, struct unraced_stats *stats);

#endif
