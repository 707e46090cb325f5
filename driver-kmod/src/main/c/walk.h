/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way from an opened file up to the root of its mount namespace: its names, and whether it leads through the place
 * where the claimed path starts, with nothing in between. All of it has to hold at one moment. Nothing keeps mounts and
 * removals still; so a dentry's sequence count, which moves with its name, its parent and its removal (__d_move() and
 * __d_drop() of fs/dcache.c), is noted with the mounts passed. When all of them are the same afterwards, and the count of
 * the namespace's mount events as well, nothing was different in between. Otherwise the walk is taken again, a few times,
 * the last time under rename_lock; a walk that does not hold then is not stable.
 */
#ifndef UNRACED_WALK_H
#define UNRACED_WALK_H

#include <linux/fs.h>

#include "call.h"

/* Names in the longest path, and some mounts. Of a longer way only the last part is told. */
#define UNRACED_TRAIL_STEPS 2560

/* A dentry that was passed, or a mount: then the dentry is where it is mounted. */
struct unraced_step {
	struct dentry *dentry;
	const struct vfsmount *below; /* null at a dentry */
	union {
		u64 sequence;
		const struct vfsmount *above;
	};
};

enum unraced_trail_state {
	UNRACED_TRAIL_UNWANTED, /* no proof is wanted, or nobody knows where the path starts */
	UNRACED_TRAIL_SOUGHT,
	UNRACED_TRAIL_MET, /* it leads to the start */
};

struct unraced_walk {
	/* where it is */
	const struct vfsmount *mount;
	struct dentry *dentry;
	/* the path, written from the end of the room */
	u8 *bytes;
	u32 position;
	u32 flags; /* enum unraced_flag */
	u32 mount_ns; /* number of the namespace in which the path is expected */
	/* the trail */
	struct unraced_place start;
	u32 met_at; /* position where it met the start */
	u8 state;
	bool crossed; /* it came down to a mountpoint from the root of what is mounted there */
	bool covered; /* something is mounted over a name on the way */
	bool moving;  /* a rename was under way */
	bool spent;   /* the call's budget ended before the way did */
	bool holds;   /* all that was passed was there at one moment */
	u64 events;   /* of mounts in the thread's own namespace, before the first step */
	/* what is left for the call */
	u32 steps_left;
	u32 lookups_left;
	u32 count;
	struct unraced_step steps[UNRACED_TRAIL_STEPS];
};

/*
 * Fills path from position to UNRACED_PATH_ROOM, and the flags, RESOLVED_UNSTABLE among them. A start of zeros is not
 * sought.
 */
void unraced_walk_up(struct unraced_walk *walk, const struct file *file, u8 *path, const struct unraced_place *start,
		     u32 mount_ns);

#endif
