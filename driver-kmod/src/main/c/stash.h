/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The stash: what was read when a call entered, until the same call returns. At most one entry per thread. An entry
 * answers only its own call: thread, start time and call must be those of the put. Taking copies the entry out under
 * its shard's lock, so nobody ever sees a slot that belongs to another thread by then.
 *
 * All memory is taken at the start. Short entries lie in their slot; the rest of a long one lies in one of fewer blocks.
 * A shard that is full gives up its oldest entry, one that has no block left its oldest long one, and both remember
 * whose it was until that call returns.
 */
#ifndef UNRACED_STASH_H
#define UNRACED_STASH_H

#include "device.h"
#include "table.h"

/* What became of a put; the order is that of dev.unraced.stash.ArgStash.Put. */
enum unraced_put {
	UNRACED_STORED = 0,
	UNRACED_REPLACED = 1, /* an entry of the same thread that no return had taken was stale */
	UNRACED_PUT_EVICTED = 2,
	UNRACED_PUT_TOO_LONG = -1,
};

/* Instead of a length; the numbers are those of dev.unraced.stash.ArgStash. */
enum unraced_take {
	UNRACED_TAKE_MISSING = -1,
	UNRACED_TAKE_STALE = -2,
	UNRACED_TAKE_EVICTED = -3,
	UNRACED_TAKE_NO_ROOM = -5, /* the entry stays */
};

struct unraced_stash_size {
	u32 entries;
	u32 long_entries;
	u32 short_bytes; /* in a slot */
	u32 long_bytes;	 /* the most that an entry can have */
	u32 shards;	 /* a power of two */
	u32 remembered;	 /* evicted calls that each shard remembers, at least */
	u32 pairs;	 /* nonzero: thread and start together are the key, and there can be several entries of a thread */
};

struct unraced_stash;

/* Null when there is no memory, or the sizes make no sense. The seed should be random. */
struct unraced_stash *unraced_stash_new(const struct unraced_stash_size *size, u64 seed);
void unraced_stash_free(struct unraced_stash *stash);

int unraced_stash_put(struct unraced_stash *stash, u64 thread, u64 start, u32 call, const void *from, u32 length);
/* The length, or one of enum unraced_take; afterwards the stash knows nothing of the thread. */
int unraced_stash_take(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room);
/*
 * Shows an entry to a function where it lies, under its shard's lock; one that lies in two pieces is not shown. The
 * function may change bytes, and says whether it did what it was for; whether it did is the result.
 */
typedef bool unraced_touch(void *entry, const void *with);
bool unraced_stash_touch(struct unraced_stash *stash, u64 thread, u64 start, u32 call, unraced_touch *touch,
			 const void *with);
/* What an edit finds. */
struct unraced_edit {
	void *entry;  /* short_bytes of it; zeros when it is new */
	bool known;   /* the entry was there before */
	bool evicted; /* an entry of this key was there, and was evicted */
	bool lossy;   /* the shard has evicted some entry since the start, so it may have forgotten this key, too */
};
/* Changes an entry, and says whether it stays. */
typedef bool unraced_editor(const struct unraced_edit *found, void *with);
/*
 * Edits an entry where it lies, under its shard's lock, in a stash without long entries. An entry that is missing is made
 * if the caller wants it, and if it was evicted. The result says whether the editor was called.
 */
bool unraced_stash_edit(struct unraced_stash *stash, u64 thread, u64 start, u32 call, bool make, unraced_editor *editor,
			void *with);
/* The same of an entry that answers the call. Without one nothing changes: why it is missing stays to be taken. */
int unraced_stash_take_held(struct unraced_stash *stash, u64 thread, u64 start, u32 call, void *to, u32 room);
/* Reclaims the entry of a thread that ended; whether there was one. */
bool unraced_stash_discard(struct unraced_stash *stash, u64 thread);
/* Reclaims all. */
void unraced_stash_clear(struct unraced_stash *stash);
/* They balance at any time. */
void unraced_stash_read(struct unraced_stash *stash, struct unraced_books *books);

#endif
