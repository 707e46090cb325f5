/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way from an opened file up to the root of its mount namespace: its names, and whether it leads through the place
 * where the claimed path starts, with nothing in between. All of it has to hold at one moment. rename_lock would keep
 * names still, but nothing keeps mounts and removals still; so a dentry's sequence count, which moves with its name, its
 * parent and its removal (__d_move() and __d_drop() of fs/dcache.c), is noted with the mounts passed. When all of them are
 * the same afterwards, nothing was different in between.
 */
#ifndef UNRACED_WALK_H
#define UNRACED_WALK_H

#include <linux/fs.h>

#include "call.h"

/* Names in the longest path. A way of more proves nothing. */
#define UNRACED_TRAIL_STEPS 2048

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
	UNRACED_TRAIL_UNWANTED, /* integrity is off, or nobody knows where the path starts */
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
	/* the trail */
	struct unraced_place start;
	u32 met_at; /* position where it met the start */
	u8 state;
	bool crossed; /* it came down to a mountpoint from the root of what is mounted there */
	bool covered; /* something is mounted over a name on the way */
	bool moving;  /* a rename was under way, or the way was too long */
	u32 count;
	struct unraced_step steps[UNRACED_TRAIL_STEPS];
};

/*
 * Fills path from position to UNRACED_PATH_ROOM, and the flags. A start of zeros is not sought. The caller is in an RCU
 * section, and stays there as long as it uses the walk.
 */
void unraced_walk_up(struct unraced_walk *walk, const struct file *file, u8 *path, const struct unraced_place *start);
/* Whether all that was passed is as it was. */
bool unraced_walk_holds(const struct unraced_walk *walk);

#endif
